export type * from './commands.js';
export * from './events.js';
