export * from './artifact-version.js';
export * from './describe-flock.js';
export * from './flock-version.js';
export * from './line-diff.js';
export * from './version-selection.js';
export * from './version-set.js';
export * from './flock-aggregates.js';
