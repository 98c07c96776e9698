export * from './plan-region.js';
