/**
 * The build dependency graph as a pure engine (ARCHITECTURE, "Build dependency graph"): typed graph and its merges, analysis, releases,
 * the ready frontier, critical path and simulation. No clock, no randomness, no I/O: equal input gives equal output, in canonical order.
 */
export * from './analyse.js';
export * from './build-graph.js';
export * from './closure.js';
export * from './condense.js';
export * from './critical-path.js';
export * from './difference.js';
export * from './finding.js';
export * from './frontier.js';
export * from './graph-edge.js';
export * from './graph-node.js';
export * from './node-id.js';
export * from './releases.js';
export * from './simulate.js';
export * from './split-nodes.js';
export { levels, topologicalOrder } from './topological-order.js';
export * from './union.js';
