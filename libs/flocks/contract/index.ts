export * from './event-types.js';
export type * from './events.js';
export * from './flock-catalogue.js';
export * from './flock-request.js';
export * from './streams.js';
