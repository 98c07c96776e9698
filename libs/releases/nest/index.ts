export * from './releases.module.js';
