export * from './open-read-store.js';
export * from './port/cursor.js';
export * from './port/positions.js';
export * from './port/read-store.js';
