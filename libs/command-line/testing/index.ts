export * from './captured.js';
