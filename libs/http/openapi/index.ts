export * from './open-api-document.js';
