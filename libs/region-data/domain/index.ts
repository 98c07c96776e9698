export * from './document-of.js';
export * from './region-data-decider.js';
export { isLegalTransition, legalNextStates, stateFrom } from './region-states.js';
export * from './staging-decider.js';
export * from './state.js';
