export * from './adoption-saga.js';
