/** What an auditor needs of the event store: to read and to verify, never to decide. */
export * from '../chain.js';
export * from '../open-event-store.js';
export * from '../port/event-store.js';
export * from '../seal.js';
export * from '../upcasters.js';
