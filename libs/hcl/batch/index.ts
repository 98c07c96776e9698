export * from './decode.js';
export * from './encode.js';
export * from './eval-case.js';
