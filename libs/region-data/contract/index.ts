export * from './changed-paths.js';
export * from './commands.js';
export { namesRegion } from './deprecated-regions.js';
export * from './entity-events.js';
export * from './events.js';
export * from './injection.js';
export * from './region-data-history.js';
export * from './region-data.js';
export * from './region-data-request.js';
