export * from './ledger.js';
export * from './simulated-executor.js';
