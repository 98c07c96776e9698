export * from './compiled.js';
export * from './pure-loop.js';
export * from './arbitrary-fleet.js';
