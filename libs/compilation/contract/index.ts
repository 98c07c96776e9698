export type * from './compiled.js';
export * from './compiler.js';
export * from './events.js';
