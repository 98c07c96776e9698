export * from './access.guard.js';
export * from './access.module.js';
export * from './tokens.controller.js';
