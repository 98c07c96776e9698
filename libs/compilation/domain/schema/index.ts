export type * from './block-schema.js';
export * from './flock-schema.js';
export * from './did-you-mean.js';
