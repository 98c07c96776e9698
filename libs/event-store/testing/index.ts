export * from './events.js';
export * from './kill.js';
