export type * from './lint-finding.js';
export * from './literal-regions.js';
export * from './near-miss-states.js';
export * from './unused-locals.js';
export * from './syntax-nodes.js';
