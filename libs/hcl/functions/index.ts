export type { FlockFiles } from './files/flock-files.js';
export * from './function.js';
export type * from './host-functions.js';
export * from './table.js';
