/** What a command line is made of: commands that load on demand, output for people and for programs, refusals instead of stacks. */
export * from './cli.js';
export * from './failure.js';
export * from './group.js';
export * from './io.js';
export * from './key-values.js';
export * from './lines-of.js';
export * from './output.js';
export * from './print-diagnostics.js';
export * from './run.js';
