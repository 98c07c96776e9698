export * from './open-read-store.js';
export * from './port/cursor.js';
export * from './port/positions.js';
export * from './port/read-store.js';
export * from './projection-runner/index.js';
export { type Upcast } from './log/stored-types.js';
export * from './read-queries.js';
