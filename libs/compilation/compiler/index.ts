export * from './compilation-log.js';
export * from './fleet-compilation.js';
export * from './fleet-compiler.js';
export * from './stored-settled-compilation.js';
export * from './version-loader.js';
export * from '../domain/index.js';
