export * from './flock.handler.js';
export * from './flocks.controller.js';
export * from './flocks.module.js';
export * from './flocks.queries.controller.js';
