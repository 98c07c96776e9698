export * from './regional-saga.js';
