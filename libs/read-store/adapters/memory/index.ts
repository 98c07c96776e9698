export * from './memory-read-store.js';
