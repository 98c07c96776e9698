export * from './compilation-saga.js';
