export * from './port/positions.js';
export * from './port/read-store.js';
