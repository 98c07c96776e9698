export * from './aggregates.js';
export * from './delivery-records.js';
export * from './notified-event.js';
export * from './signature.js';
export * from './webhook-runner.js';
