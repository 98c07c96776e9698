export type * from './any-saga.js';
export { type DispatchPolicy } from './dispatcher.js';
export { parkedCommands, requestCommandRetry, type ParkedCommand } from './parked-commands.js';
export * from './saga-runner.js';
