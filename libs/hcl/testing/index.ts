export * from './generate.js';
export * from './laws.js';
export * from './reference-tokens.js';
export * from './same-tree.js';
