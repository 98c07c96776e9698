export * from './events.js';
export type * from './injection.js';
export * from './region-data-history.js';
export * from './region-data.js';
