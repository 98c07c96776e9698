export type * from './any-projection.js';
export * from './collection-of.js';
export { parkedEvents, requestRetry, type ParkedEvent } from './parked-events.js';
export * from './projection-runner.js';
export * from './read-models.js';
export * from './stored-positions.js';
