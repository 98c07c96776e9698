export * from './region-build-saga.js';
