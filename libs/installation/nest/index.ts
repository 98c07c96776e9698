export * from './background-run.js';
export * from './http-application.js';
export * from './infrastructure.module.js';
