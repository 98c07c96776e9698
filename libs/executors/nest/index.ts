export * from './executors.module.js';
export * from './local-executors.js';
