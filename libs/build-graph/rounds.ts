import { adjacency } from './adjacency.js';
import { type BuildGraph } from './build-graph.js';
import { components } from './components.js';
import { type GraphNode } from './graph-node.js';
import { sweep } from './topological-order.js';

/** Rounds of a build's nodes and the flock × target graph that they follow from. Arrays go by node index. */
export interface Rounds {
  /** Round of each node, 0 for nodes outside the build. */
  readonly round: Int32Array;
  /** Group of each node: its flock × target, of capabilities and phases themselves; -1 outside the build. */
  readonly group: Int32Array;
  /** The groups as flock × target ids (`region/environment/flock/target`), or the id of the capability or phase. */
  readonly groups: readonly string[];
  /** Strongly connected component of each group. */
  readonly component: Int32Array;
  /** The nodes of the build in topological order. */
  readonly order: readonly number[];
}

/**
 * round(n) is the largest of 1 and, over n's predecessors in the build and in the same strongly connected component of the flock ×
 * target graph, their round, plus 1 where they belong to another flock or target (ARCHITECTURE, "Build dependency graph"). The
 * flock × target graph is that of the build's nodes; `state` and `gate` edges count nowhere, edges inside a cycle of nodes (an
 * error of its own) not here. Phases and targets are in the build if one of their predecessors is. O((V + E) + V log V).
 */
export function rounds(graph: BuildGraph, inBuild?: ReadonlySet<string>): Rounds {
  const count = graph.nodes.length;
  const { order: all, cyclic } = sweep(graph);
  const group = new Int32Array(count).fill(-1);
  const groups: string[] = [];
  const known = new Map<string, number>();
  const order: number[] = [];
  for (const n of all) {
    const node = graph.nodes[n]!;
    if (
      inBuild &&
      !inBuild.has(node.id) &&
      !(follows(node) && anyPredecessor(graph, n, (from) => group[from] !== -1))
    )
      continue;
    order.push(n);
    const key = groupOf(node);
    let g = known.get(key);
    if (g === undefined) {
      known.set(key, (g = groups.length));
      groups.push(key);
    }
    group[n] = g;
  }

  const counts = (e: number): boolean => {
    const kind = graph.kindOf(e);
    return kind !== 'state' && kind !== 'gate';
  };
  const tails: number[] = [];
  const heads: number[] = [];
  for (let e = 0; e < graph.size; e++) {
    const from = group[graph.tails[e]!]!;
    const to = group[graph.heads[e]!]!;
    if (from === -1 || to === -1 || from === to || !counts(e)) continue;
    tails.push(from);
    heads.push(to);
  }
  const component = components(adjacency(groups.length, tails, heads)).of;

  const round = new Int32Array(count);
  for (const n of order) {
    let highest = 1;
    for (let i = graph.inStart[n]!; i < graph.inStart[n + 1]!; i++) {
      const e = graph.inEdges[i]!;
      const from = graph.tails[e]!;
      if (group[from] === -1 || !counts(e) || cyclic(from, n)) continue;
      if (component[group[from]!] !== component[group[n]!]) continue;
      const least = round[from]! + (group[from] === group[n] ? 0 : 1);
      if (least > highest) highest = least;
    }
    round[n] = highest;
  }
  return { round, group, groups, component, order };
}

const follows = (node: GraphNode): boolean => node.kind === 'phase' || node.kind === 'target';

function groupOf(node: GraphNode): string {
  if (node.kind === 'capability' || node.kind === 'phase') return node.id;
  return `${node.region}/${node.environment}/${node.flock}/${node.target}`;
}

function anyPredecessor(graph: BuildGraph, n: number, test: (from: number) => boolean): boolean {
  for (let i = graph.inStart[n]!; i < graph.inStart[n + 1]!; i++)
    if (test(graph.tails[graph.inEdges[i]!]!)) return true;
  return false;
}
