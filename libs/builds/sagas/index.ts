export * from './baseline-saga.js';
export * from './region-build-saga.js';
