export * from './reference-tokens.js';
