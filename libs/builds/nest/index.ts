export * from './builds.module.js';
