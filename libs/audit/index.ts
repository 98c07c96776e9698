/** Pure folds over a log for auditors: what was, what changed and why, and whether the record is intact. Cannot write. */
export * from './build-record.js';
export * from './diff.js';
export * from './point.js';
export * from './replay.js';
export * from './summary.js';
export * from './verify.js';
