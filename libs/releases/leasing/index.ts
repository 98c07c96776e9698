export * from './open-releases.js';
export * from './regional-register.js';
export * from './regional-leases.js';
