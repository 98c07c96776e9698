export * from './port/aggregates.js';
export * from './port/event-store.js';
