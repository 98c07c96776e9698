export * from './compilation.handler.js';
export * from './compilation.module.js';
export * from './compilations.controller.js';
export * from './requests.js';
