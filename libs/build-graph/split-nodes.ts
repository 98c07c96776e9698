import { digestOf } from '#libs/kernel';
import { BuildGraph } from './build-graph.js';
import { components } from './components.js';
import { successorsOf } from './adjacency.js';
import { type GraphEdge } from './graph-edge.js';
import { type GraphNode } from './graph-node.js';

/** A `break_cycle` block. */
export interface NodeSplit {
  /** Id of the resource that has the block. */
  readonly id: string;
  /** Ids of the predecessors without which it is created first. */
  readonly without: readonly string[];
  readonly then: 'update' | 'recreate';
  /** Content of the provisional form; otherwise derived from the final form's and `without`. */
  readonly digest?: string;
}

export function provisionalId(id: string): string {
  return `${id}~provisional`;
}

/**
 * Splits resources in a provisional form, which does not wait for `without`, and a final one, which waits for the provisional one and
 * for all that the resource waits for. Edges to nodes of the same strongly connected component then start at the provisional form,
 * all others at the final one. Components are those before any split, so the outcome does not depend on the order of the splits.
 * A resource that is in no cycle is left whole. What cycles remain is for analysis to tell. O(V + E).
 */
export function splitNodes(graph: BuildGraph, splits: readonly NodeSplit[]): BuildGraph {
  const { of } = components(successorsOf(graph));
  const cyclic = new Set<number>();
  for (let e = 0; e < graph.size; e++)
    if (of[graph.tails[e]!] === of[graph.heads[e]!]) cyclic.add(of[graph.tails[e]!]!);
  const byIndex = new Map<number, NodeSplit & { readonly omits: ReadonlySet<string> }>();
  for (const split of splits) {
    const n = graph.at(split.id);
    if (cyclic.has(of[n]!)) byIndex.set(n, { ...split, omits: new Set(split.without) });
  }
  if (byIndex.size === 0) return graph;

  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  for (let n = 0; n < graph.nodes.length; n++) {
    const node = graph.nodes[n]!;
    const split = byIndex.get(n);
    if (!split) {
      nodes.push(node);
      continue;
    }
    const digest =
      split.digest ??
      (node.digest === undefined ? undefined : digestOf([node.digest, [...split.omits].sort()]));
    const provisional = provisionalId(node.id);
    nodes.push({ ...node, then: split.then });
    nodes.push({
      ...node,
      id: provisional,
      kind: 'provisional',
      final: node.id,
      ...(digest !== undefined && { digest }),
    });
    edges.push({ from: provisional, to: node.id, kind: 'depends_on' });
  }
  for (let e = 0; e < graph.size; e++) {
    const edge = graph.edges[e]!;
    const tail = graph.tails[e]!;
    const head = graph.heads[e]!;
    const early = byIndex.has(tail) && of[tail] === of[head];
    const from = early ? provisionalId(edge.from) : edge.from;
    const split = byIndex.get(head);
    edges.push(from === edge.from ? edge : { ...edge, from });
    if (split && !split.omits.has(edge.from)) edges.push({ ...edge, from, to: provisionalId(edge.to) });
  }
  return new BuildGraph(nodes, edges);
}

export function splitNode(graph: BuildGraph, split: NodeSplit): BuildGraph {
  return splitNodes(graph, [split]);
}
