export * from './compilation-request.js';
export type * from './compiled.js';
export * from './compiler.js';
export * from './event-types.js';
export * from './events.js';
export type * from './rows.js';
export * from './settled-compilation.js';
