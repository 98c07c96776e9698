import { type BuildGraph } from './build-graph.js';
import { isOperation } from './graph-node.js';
import { rounds } from './rounds.js';

/** The build's nodes of one round of one flock in one execution target (ARCHITECTURE, "A release is …"). Plain JSON. */
export interface ReleaseGroup {
  /** `region/environment/flock/target#round`; stable as long as target and round are. */
  readonly id: string;
  readonly region: string;
  readonly environment: string;
  readonly flock: string;
  readonly target: string;
  /** From 1. */
  readonly round: number;
  /** Ids of the operations in it, in topological order. */
  readonly nodes: readonly string[];
}

/**
 * The releases of a build, by the topological order of their first nodes. `inBuild` has the ids of the nodes in the build, finished
 * ones included; left out, all are. Take it on actual ∪ forecast: the outcome does not depend on what is done when, and as long as the
 * nodes form no cycle, neither do the releases. O((V + E) + V log V).
 */
export function releases(graph: BuildGraph, inBuild?: ReadonlySet<string>): readonly ReleaseGroup[] {
  const { round, group, groups, order } = rounds(graph, inBuild);
  const found = new Map<string, Omit<ReleaseGroup, 'nodes'> & { nodes: string[] }>();
  for (const n of order) {
    const node = graph.nodes[n]!;
    if (!isOperation(node)) continue;
    const id = `${groups[group[n]!]!}#${round[n]!}`;
    const release = found.get(id);
    if (release) release.nodes.push(node.id);
    else {
      const { region, environment, flock, target } = node;
      found.set(id, { id, region, environment, flock, target, round: round[n]!, nodes: [node.id] });
    }
  }
  return [...found.values()];
}
