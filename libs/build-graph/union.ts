import { BuildGraph } from './build-graph.js';
import { type GraphEdge } from './graph-edge.js';
import { type GraphNode, isOperation } from './graph-node.js';

/**
 * United by identity; where both have a node, the later graph's attributes win, and so do its edges: what an operation waits for
 * is then what the later graph says. Capabilities, phases and targets gather the edges of both. `union(g, g)` equals g,
 * `BuildGraph.empty` changes nothing, and the union is associative as long as a node keeps its kind. O(V log V + E log E).
 */
export function union(actual: BuildGraph, forecast: BuildGraph): BuildGraph {
  if (forecast.nodes.length === 0) return actual;
  if (actual.nodes.length === 0 || actual === forecast) return forecast;
  const edges: GraphEdge[] = [];
  for (const edge of actual.edges) {
    const later = forecast.node(edge.to);
    if (!later || !isOperation(later)) edges.push(edge);
  }
  for (const edge of forecast.edges) edges.push(edge);
  return new BuildGraph([...actual.nodes, ...forecast.nodes], edges);
}

/**
 * Adds a `state` edge from each of the capabilities to every operation that `actual` does not have: what only the forecast has
 * waits for the region to turn Building, and that waits for them (ARCHITECTURE, "The loop"). A capability that is not in the
 * graph is added, and then found orphaned. O((V + E) log).
 */
export function withStateEdges(
  united: BuildGraph,
  actual: BuildGraph,
  capabilities: readonly GraphNode[],
): BuildGraph {
  const edges: GraphEdge[] = [...united.edges];
  let waiting = false;
  for (const node of united.nodes) {
    if (!isOperation(node) || actual.has(node.id)) continue;
    waiting = true;
    for (const capability of capabilities) edges.push({ from: capability.id, to: node.id, kind: 'state' });
  }
  if (!waiting) return united;
  return new BuildGraph([...united.nodes, ...capabilities.filter((c) => !united.has(c.id))], edges);
}
