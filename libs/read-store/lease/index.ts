export * from './lease.js';
export { type OwnerState } from './while-owned.js';
export { isGone, thisProcess, type ProcessIdentity } from './process-identity.js';
