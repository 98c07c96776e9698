export * from './background-run.js';
export * from './health.controller.js';
export * from './http-application.js';
export * from './infrastructure.module.js';
export * from './installation-of.js';
export * from './installation-token.js';
export * from './serve-apart.js';
export * from './shared-ports.module.js';
