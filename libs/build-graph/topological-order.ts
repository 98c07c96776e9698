import { successorsOf } from './adjacency.js';
import { type BuildGraph } from './build-graph.js';
import { components } from './components.js';
import { IndexHeap } from './index-heap.js';

/**
 * Ids such that each comes after all its predecessors; of those that could come next, always the smallest id. Nodes in a cycle, or
 * behind one, are left out, so the order is complete exactly where the graph has no cycle. O((V + E) + V log V). A. Kahn, 1962.
 */
export function topologicalOrder(graph: BuildGraph): readonly string[] {
  return Array.from(kahn(graph), (n) => graph.nodes[n]!.id);
}

/** Level of each node by id: 0 without predecessors, else one more than its highest predecessor. Nodes in or behind a cycle have none. */
export function levels(graph: BuildGraph): ReadonlyMap<string, number> {
  const level = new Int32Array(graph.nodes.length);
  const of = new Map<string, number>();
  for (const n of kahn(graph)) {
    of.set(graph.nodes[n]!.id, level[n]!);
    for (let e = graph.outStart[n]!; e < graph.outStart[n + 1]!; e++) {
      const to = graph.heads[e]!;
      if (level[to]! <= level[n]!) level[to] = level[n]! + 1;
    }
  }
  return of;
}

/** All nodes by index, in topological order of the graph without the edges inside its cyclic components. */
export interface Sweep {
  readonly order: Int32Array;
  /** Whether both ends lie in one strongly connected component (a loop included): such an edge has no place in the order. */
  readonly cyclic: (from: number, to: number) => boolean;
}

/** What passes over the graph go by, so that they also hold where it has cycles. O((V + E) + V log V). */
export function sweep(graph: BuildGraph): Sweep {
  const order = kahn(graph);
  if (order.length === graph.nodes.length) return { order, cyclic: () => false };
  const { count, of } = components(successorsOf(graph));
  const next = new Int32Array(count + 1);
  for (const c of of) next[c + 1]!++;
  for (let c = 0; c < count; c++) next[c + 1]! += next[c]!;
  const sorted = new Int32Array(of.length);
  for (let n = 0; n < of.length; n++) sorted[next[of[n]!]!++] = n;
  return { order: sorted, cyclic: (from, to) => of[from] === of[to] };
}

function kahn(graph: BuildGraph): Int32Array {
  const count = graph.nodes.length;
  const missing = new Int32Array(count);
  const free = new IndexHeap((a, b) => a < b);
  for (let n = 0; n < count; n++) {
    missing[n] = graph.inStart[n + 1]! - graph.inStart[n]!;
    if (missing[n] === 0) free.push(n);
  }
  const order = new Int32Array(count);
  let size = 0;
  for (let n = free.pop(); n !== -1; n = free.pop()) {
    order[size++] = n;
    for (let e = graph.outStart[n]!; e < graph.outStart[n + 1]!; e++)
      if (--missing[graph.heads[e]!]! === 0) free.push(graph.heads[e]!);
  }
  return order.subarray(0, size);
}
