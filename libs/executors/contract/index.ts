export * from './executor.js';
export * from './executors.js';
