import { type BuildGraph } from './build-graph.js';
import { adjacency, type Adjacency, successorsOf } from './adjacency.js';
import { components } from './components.js';
import { type EdgeKind, type GraphEdge } from './graph-edge.js';

/**
 * A strongly connected component with a cycle, numbered on its own: member i is node `members[i]` of the graph, ascending. Parallel edges are one
 * *arc*; arc a leads from member `tails[a]` to `heads[a]` and stands for the graph's edges `[firstEdge[a], endEdge[a])`.
 */
export interface CyclicComponent {
  readonly members: Int32Array;
  readonly tails: Int32Array;
  readonly heads: Int32Array;
  readonly firstEdge: Int32Array;
  readonly endEdge: Int32Array;
  /** Arcs by tail, and by head (`heads` are then the tails). */
  readonly out: Adjacency;
  readonly into: Adjacency;
}

/** The components that have a cycle, by their smallest member. O(V + E). */
export function cyclicComponents(graph: BuildGraph): readonly CyclicComponent[] {
  const count = graph.nodes.length;
  const { count: found, of } = components(successorsOf(graph));
  const looped = new Uint8Array(found);
  const sizes = new Int32Array(found);
  for (let n = 0; n < count; n++) sizes[of[n]!]!++;
  for (let e = 0; e < graph.size; e++)
    if (graph.tails[e] === graph.heads[e]) looped[of[graph.tails[e]!]!] = 1;

  const members = new Map<number, number[]>();
  const local = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    const c = of[n]!;
    if (sizes[c] === 1 && looped[c] === 0) continue;
    let list = members.get(c);
    if (!list) members.set(c, (list = []));
    local[n] = list.length;
    list.push(n);
  }
  return [...members].map(([c, list]) => {
    const tails: number[] = [];
    const heads: number[] = [];
    const firstEdge: number[] = [];
    const endEdge: number[] = [];
    for (const n of list) {
      for (let e = graph.outStart[n]!; e < graph.outStart[n + 1]!;) {
        const to = graph.heads[e]!;
        const first = e;
        while (e < graph.outStart[n + 1]! && graph.heads[e] === to) e++;
        if (of[to] !== c) continue;
        tails.push(local[n]!);
        heads.push(local[to]!);
        firstEdge.push(first);
        endEdge.push(e);
      }
    }
    return {
      members: Int32Array.from(list),
      tails: Int32Array.from(tails),
      heads: Int32Array.from(heads),
      firstEdge: Int32Array.from(firstEdge),
      endEdge: Int32Array.from(endEdge),
      out: adjacency(list.length, tails, heads),
      into: adjacency(list.length, heads, tails),
    };
  });
}

/** The graph's edges behind arcs, in canonical order. */
export function edgesOf(
  graph: BuildGraph,
  component: CyclicComponent,
  arcs: Iterable<number>,
): readonly GraphEdge[] {
  const edges: GraphEdge[] = [];
  for (const arc of [...arcs].sort((a, b) => a - b))
    for (let e = component.firstEdge[arc]!; e < component.endEdge[arc]!; e++) edges.push(graph.edges[e]!);
  return edges;
}

export function hasKind(graph: BuildGraph, component: CyclicComponent, arc: number, kind: EdgeKind): boolean {
  for (let e = component.firstEdge[arc]!; e < component.endEdge[arc]!; e++)
    if (graph.kindOf(e) === kind) return true;
  return false;
}
