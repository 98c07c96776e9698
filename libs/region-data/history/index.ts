export * from './region-data-aggregate.js';
export * from './staged-imports.js';
export * from './stored-region-data-history.js';
