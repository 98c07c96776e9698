export * from './access-aggregate.js';
export * from './admin-token.js';
export * from './new-token.js';
export * from './stored-access-directory.js';
