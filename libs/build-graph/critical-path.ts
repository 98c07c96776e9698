import { type BuildGraph } from './build-graph.js';
import { type GraphNode } from './graph-node.js';
import { type Sweep, sweep } from './topological-order.js';

/** Milliseconds that a node takes. */
export type DurationOf = (node: GraphNode) => number;

const expected: DurationOf = (node) => node.durationMs ?? 0;

export interface CriticalPath {
  /** Length of the longest path: no build ends sooner, with however many workers. */
  readonly lengthMs: number;
  /** Ids of the nodes on it, from first to last; of several, the one with the smallest ids. */
  readonly path: readonly string[];
  /** By node index: when it can start at the earliest, and by how much it may be late without the whole becoming later. */
  readonly earliestMs: Float64Array;
  readonly slackMs: Float64Array;
}

/**
 * Longest path by duration (J. Kelley, M. Walker, "Critical-path planning and scheduling", 1959). Nodes in `done` take no time. Edges
 * inside a cycle of nodes are left out of account. O((V + E) + V log V).
 */
export function criticalPath(
  graph: BuildGraph,
  { duration = expected, done }: { readonly duration?: DurationOf; readonly done?: ReadonlySet<string> } = {},
): CriticalPath {
  const swept = sweep(graph);
  const takes = durations(graph, duration, done);
  const remaining = remainingMs(graph, takes, swept);
  const earliest = new Float64Array(graph.nodes.length);
  for (const n of swept.order) {
    const end = earliest[n]! + takes[n]!;
    for (let e = graph.outStart[n]!; e < graph.outStart[n + 1]!; e++) {
      const to = graph.heads[e]!;
      if (end > earliest[to]! && !swept.cyclic(n, to)) earliest[to] = end;
    }
  }
  let first = -1;
  for (let n = 0; n < remaining.length; n++) if (first === -1 || remaining[n]! > remaining[first]!) first = n;
  if (first === -1) return { lengthMs: 0, path: [], earliestMs: earliest, slackMs: new Float64Array(0) };
  const lengthMs = remaining[first]!;
  const path: string[] = [];
  for (let n = first; n !== -1;) {
    path.push(graph.nodes[n]!.id);
    let next = -1;
    const rest = remaining[n]! - takes[n]!;
    for (let e = graph.outStart[n]!; e < graph.outStart[n + 1]!; e++) {
      const to = graph.heads[e]!;
      // Not by equality: sums of fractions differ by their order.
      if (!swept.cyclic(n, to) && rest > 0 && (next === -1 || remaining[to]! > remaining[next]!)) next = to;
    }
    n = next;
  }
  return {
    lengthMs,
    path,
    earliestMs: earliest,
    slackMs: earliest.map((at, n) => Math.max(0, lengthMs - at - remaining[n]!)),
  };
}

/**
 * By node index: milliseconds of the longest path from the start of the node on. The node with the most goes first when workers are scarce
 * (T. C. Hu, "Parallel sequencing and assembly line problems", 1961). O((V + E) + V log V).
 */
export function priorities(
  graph: BuildGraph,
  { duration = expected, done }: { readonly duration?: DurationOf; readonly done?: ReadonlySet<string> } = {},
): Float64Array {
  return remainingMs(graph, durations(graph, duration, done), sweep(graph));
}

function durations(
  graph: BuildGraph,
  duration: DurationOf,
  done: ReadonlySet<string> | undefined,
): Float64Array {
  return Float64Array.from(graph.nodes, (node) => (done?.has(node.id) ? 0 : duration(node)));
}

function remainingMs(graph: BuildGraph, takes: Float64Array, { order, cyclic }: Sweep): Float64Array {
  const remaining = new Float64Array(graph.nodes.length);
  for (let i = order.length - 1; i >= 0; i--) {
    const n = order[i]!;
    let after = 0;
    for (let e = graph.outStart[n]!; e < graph.outStart[n + 1]!; e++) {
      const to = graph.heads[e]!;
      if (remaining[to]! > after && !cyclic(n, to)) after = remaining[to]!;
    }
    remaining[n] = takes[n]! + after;
  }
  return remaining;
}
