export type * from './events.js';
export * from './flock-catalogue.js';
