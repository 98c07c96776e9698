import { BuildGraph } from './build-graph.js';
import { type EdgeKind, type GraphEdge } from './graph-edge.js';
import { type GraphNode } from './graph-node.js';

/**
 * Contracts all nodes of one flock (`flock`), of one flock in one region (`flock-region`) or in one execution target
 * (`flock-target`) to one node of kind `flock`; capabilities and phases stay nodes of their own. Of parallel edges of one
 * kind the first stands for all, with its range; edges within a group vanish; durations add up. O(V log V + E log E).
 */
export function condense(graph: BuildGraph, by: 'flock' | 'flock-region' | 'flock-target'): BuildGraph {
  const groups = new Map<string, { node: GraphNode; owners: Set<string>; durationMs: number }>();
  const ids: string[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'capability' || node.kind === 'phase') {
      ids.push(node.id);
      groups.set(node.id, { node, owners: new Set(node.owners), durationMs: 0 });
      continue;
    }
    const { flock } = node;
    const region = by === 'flock' ? '' : node.region;
    const environment = by === 'flock-target' ? node.environment : '';
    const target = by === 'flock-target' ? node.target : '';
    const id =
      by === 'flock'
        ? flock
        : by === 'flock-region'
          ? `${region}/${flock}`
          : `${region}/${environment}/${flock}/${target}`;
    ids.push(id);
    let group = groups.get(id);
    if (!group) {
      const range = node.range && { range: node.range };
      group = {
        node: { id, kind: 'flock', region, environment, flock, target, ...range },
        owners: new Set(),
        durationMs: 0,
      };
      groups.set(id, group);
    }
    for (const owner of node.owners ?? []) group.owners.add(owner);
    group.durationMs += node.durationMs ?? 0;
  }
  const seen = new Map<string, Set<EdgeKind>>();
  const edges: GraphEdge[] = [];
  for (let e = 0; e < graph.size; e++) {
    const from = ids[graph.tails[e]!]!;
    const to = ids[graph.heads[e]!]!;
    if (from === to) continue;
    const edge = graph.edges[e]!;
    const key = `${from}\n${to}`;
    let kinds = seen.get(key);
    if (!kinds) seen.set(key, (kinds = new Set()));
    if (kinds.has(edge.kind)) continue;
    kinds.add(edge.kind);
    edges.push({ ...edge, from, to });
  }
  const nodes = [...groups.values()].map(({ node, owners, durationMs }) => ({
    ...node,
    ...(owners.size > 0 && { owners: [...owners].sort() }),
    ...(durationMs > 0 && { durationMs }),
  }));
  return new BuildGraph(nodes, edges);
}
