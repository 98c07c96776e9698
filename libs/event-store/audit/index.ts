/** What an auditor needs of the event store: to read and to verify, never to decide or to append. */
export * from '../chain.js';
export * from '../port/event-store.js';
export * from '../upcasters.js';
