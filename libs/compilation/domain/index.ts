export * from './compile-resources.js';
export * from './compile-targets.js';
export * from './compiled-region.js';
export * from './fleet.js';
export * from './parse-flock.js';
export type * from './parsed-flock.js';
export * from './selected-versions.js';
