/** For test files: what answers the MongoDB adapters. */
export * from './mongodb-lane.js';
