export * from './events.js';
export * from './capability-request.js';
