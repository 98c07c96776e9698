export type * from './commands.js';
export type * from './delivery.js';
export * from './events.js';
