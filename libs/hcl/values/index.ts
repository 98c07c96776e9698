export * from './json.js';
export * from './marks.js';
export * from './number.js';
export * from './origin.js';
export type * from './refinement.js';
export * from './text.js';
export * from './type.js';
export * from './value.js';
