export * from './compile-offline.js';
