export * from './carry-out.js';
export * from './plan-operations.js';
export * from './publication-of.js';
export * from './retry-after.js';
export * from './http-central.js';
export * from './leasing-worker.js';
