import { type BuildGraph } from './build-graph.js';

/** Successors of n are `heads[start[n] … start[n + 1])`; `edge` gives for each place the edge that it came from. */
export interface Adjacency {
  readonly count: number;
  readonly start: Int32Array;
  readonly heads: Int32Array;
  readonly edge: Int32Array;
}

/** Counting sort, O(V + E); keeps the order of edges with the same tail. */
export function adjacency(count: number, tails: ArrayLike<number>, heads: ArrayLike<number>): Adjacency {
  const size = tails.length;
  const start = new Int32Array(count + 1);
  for (let e = 0; e < size; e++) start[tails[e]! + 1]!++;
  for (let n = 0; n < count; n++) start[n + 1]! += start[n]!;
  const next = start.slice();
  const sorted = new Int32Array(size);
  const edge = new Int32Array(size);
  for (let e = 0; e < size; e++) {
    const at = next[tails[e]!]!++;
    sorted[at] = heads[e]!;
    edge[at] = e;
  }
  return { count, start, heads: sorted, edge };
}

/** The graph's own successors, without a copy. */
export function successorsOf(graph: BuildGraph): Pick<Adjacency, 'count' | 'start' | 'heads'> {
  return { count: graph.nodes.length, start: graph.outStart, heads: graph.heads };
}
