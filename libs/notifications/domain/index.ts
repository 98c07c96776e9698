export * from './matching.js';
export * from './owner-notice-decider.js';
export * from './subscriptions-decider.js';
