export * from './lease.js';
export { type OwnerState } from './while-owned.js';
