export * from './embedded-read-store.js';
