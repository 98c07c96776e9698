export * from './available-capabilities.js';
export * from './events.js';
export * from './capability-request.js';
