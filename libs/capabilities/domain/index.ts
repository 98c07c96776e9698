export * from './capabilities-aggregate.js';
export * from './capabilities-decider.js';
