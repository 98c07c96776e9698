export * from './blob-store.js';
export * from './open-blob-store.js';
