export * from './parked-item.js';
export * from './parked.module.js';
