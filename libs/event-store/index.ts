export * from './aggregate-store.js';
export * from './chain.js';
export * from './open-event-store.js';
export * from './port/aggregates.js';
export * from './port/event-store.js';
export * from './port/foreign.js';
export * from './seal.js';
export * from './upcasters.js';
