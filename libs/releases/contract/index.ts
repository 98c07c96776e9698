export type * from './commands.js';
export * from './events.js';
export * from './release-request.js';
export * from './regional-commands.js';
export * from './node-records.js';
export type * from './leasing.js';
