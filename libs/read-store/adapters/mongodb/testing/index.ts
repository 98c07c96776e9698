/** For tests and benches: what answers the adapter where there is no server, and where there is one. */
export * from './mongodb-lane.js';
export * from './scripted-mongodb.js';
