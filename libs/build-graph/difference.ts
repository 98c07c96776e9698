import { type BuildGraph } from './build-graph.js';
import { edgeKinds, type GraphEdge } from './graph-edge.js';
import { type GraphNode } from './graph-node.js';

export interface GraphDifference {
  readonly nodes: {
    readonly added: readonly GraphNode[];
    readonly removed: readonly GraphNode[];
    /** Nodes of both graphs whose `digest` (or kind) is another, as they are afterwards. */
    readonly changed: readonly GraphNode[];
  };
  readonly edges: { readonly added: readonly GraphEdge[]; readonly removed: readonly GraphEdge[] };
}

/** What a merge changes; lists in canonical order. One pass over both sorted graphs, O(V + E). */
export function difference(before: BuildGraph, after: BuildGraph): GraphDifference {
  const added: GraphNode[] = [];
  const removed: GraphNode[] = [];
  const changed: GraphNode[] = [];
  walk(before.nodes, after.nodes, compareNodes, removed, added, (was, is) => {
    if (was.digest !== is.digest || was.kind !== is.kind) changed.push(is);
  });
  const addedEdges: GraphEdge[] = [];
  const removedEdges: GraphEdge[] = [];
  walk(before.edges, after.edges, compareEdges, removedEdges, addedEdges, () => undefined);
  return { nodes: { added, removed, changed }, edges: { added: addedEdges, removed: removedEdges } };
}

export function isEmptyDifference({ nodes, edges }: GraphDifference): boolean {
  return [nodes.added, nodes.removed, nodes.changed, edges.added, edges.removed].every((l) => l.length === 0);
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
const compareNodes = (a: GraphNode, b: GraphNode): number => compare(a.id, b.id);
const compareEdges = (a: GraphEdge, b: GraphEdge): number =>
  compare(a.from, b.from) ||
  compare(a.to, b.to) ||
  compare(edgeKinds.indexOf(a.kind), edgeKinds.indexOf(b.kind));

function walk<T>(
  before: readonly T[],
  after: readonly T[],
  order: (a: T, b: T) => number,
  removed: T[],
  added: T[],
  both: (was: T, is: T) => void,
): void {
  let b = 0;
  let a = 0;
  while (b < before.length || a < after.length) {
    const way = b === before.length ? 1 : a === after.length ? -1 : order(before[b]!, after[a]!);
    if (way < 0) removed.push(before[b++]!);
    else if (way > 0) added.push(after[a++]!);
    else both(before[b++]!, after[a++]!);
  }
}
