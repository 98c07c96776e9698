export * from './access-directory.js';
export type * from './commands.js';
export * from './events.js';
export * from './roles.js';
