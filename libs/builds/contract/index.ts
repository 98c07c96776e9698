export * from './baseline.js';
export type * from './commands.js';
export * from './events.js';
export type * from './planned-graph.js';
export * from './region-build-request.js';
