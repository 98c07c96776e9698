export * from './discover-flocks.js';
