export * from './access-decider.js';
