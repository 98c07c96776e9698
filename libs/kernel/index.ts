export * from './canonical-json.js';
export type * from './decider.js';
export * from './diagnostic.js';
export * from './digest.js';
export type * from './event.js';
export type * from './metadata.js';
export type * from './projection.js';
export * from './refusal.js';
export type * from './saga.js';
