import { type BuildGraph } from './build-graph.js';
import { type EdgeKind } from './graph-edge.js';

/** The given nodes and all that must be done before them. Unknown ids are ignored. O(V + E) of what is reached. */
export function upstream(graph: BuildGraph, ids: Iterable<string>): ReadonlySet<string> {
  return closure(graph, ids, (n, visit) => {
    for (let i = graph.inStart[n]!; i < graph.inStart[n + 1]!; i++) visit(graph.tails[graph.inEdges[i]!]!);
  });
}

/** The given nodes and all that comes after them, by edges of the given kinds (all, unless told). Unknown ids are ignored. O(V + E) of what is reached. */
export function downstream(
  graph: BuildGraph,
  ids: Iterable<string>,
  kinds?: ReadonlySet<EdgeKind>,
): ReadonlySet<string> {
  return closure(graph, ids, (n, visit) => {
    for (let e = graph.outStart[n]!; e < graph.outStart[n + 1]!; e++)
      if (!kinds || kinds.has(graph.kindOf(e))) visit(graph.heads[e]!);
  });
}

function closure(
  graph: BuildGraph,
  ids: Iterable<string>,
  neighbours: (n: number, visit: (to: number) => void) => void,
): ReadonlySet<string> {
  const found = new Set<string>();
  const pending: number[] = [];
  const visit = (n: number): void => {
    if (n === -1 || found.has(graph.nodes[n]!.id)) return;
    found.add(graph.nodes[n]!.id);
    pending.push(n);
  };
  for (const id of ids) visit(graph.indexOf(id));
  for (let n = pending.pop(); n !== undefined; n = pending.pop()) neighbours(n, visit);
  return found;
}
