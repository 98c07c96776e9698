export * from './events.controller.js';
export * from './events.module.js';
