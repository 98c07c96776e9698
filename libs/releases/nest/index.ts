export * from './releases.module.js';
export * from './leasing.module.js';
