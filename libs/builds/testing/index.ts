export * from './compiled.js';
export * from './pure-loop.js';
