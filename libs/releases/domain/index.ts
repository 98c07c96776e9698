export * from './release-aggregate.js';
export * from './release-decider.js';
