export * from './render-diagnostic.js';
