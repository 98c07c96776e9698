export * from './crash-rounds.js';
export * from './running-server.js';
