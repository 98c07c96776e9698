export * from './embedded-event-store.js';
export type * from './scan.js';
