export * from './capabilities.module.js';
