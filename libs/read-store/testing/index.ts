/** For test files: what adapters, sagas and projections are held to. */
export * from './append.js';
export * from './interleavings.js';
export * from './until.js';
