export * from './node-functions.js';
