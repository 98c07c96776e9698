export * from './settings.js';
export * from './upcasters.js';
