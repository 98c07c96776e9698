import { BuildGraph } from './build-graph.js';
import { upstream } from './closure.js';
import { isOperation } from './graph-node.js';

/**
 * Sets `waitsForGate` of the target environment's operations as ARCHITECTURE ("Routing") has it: all wait for `target_available`;
 * all but the connections and what these depend on also for `connections`; all but these, what publishes `hardware` and what that
 * depends on also for `hardware`. A gate that nothing declares (no connection, no publisher of hardware) is named nowhere. Take the
 * ids from actual ∪ forecast. O(V log V + E log E).
 */
export function withGates(
  graph: BuildGraph,
  declared: { readonly connections: readonly string[]; readonly hardware: readonly string[] },
): BuildGraph {
  const beforeConnections = upstream(graph, declared.connections);
  const beforeHardware = upstream(graph, [...declared.connections, ...declared.hardware]);
  const nodes = graph.nodes.map((node) => {
    if (node.environment !== 'target' || !isOperation(node)) return node;
    const waitsForGate = ['target_available'];
    if (declared.connections.length > 0 && !beforeConnections.has(node.id)) waitsForGate.push('connections');
    if (declared.hardware.length > 0 && !beforeHardware.has(node.id)) waitsForGate.push('hardware');
    return { ...node, waitsForGate };
  });
  return new BuildGraph(nodes, graph.edges);
}
