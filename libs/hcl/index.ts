export type * from './body.js';
export type * from './expression.js';
export * from './functions/function.js';
export * from './reads.js';
export * from './scope.js';
export * from './values/index.js';
