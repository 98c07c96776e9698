import { type BuildGraph, difference, type GraphNode } from '#libs/build-graph';

/** How many nodes a build's graph has after a merge, and how many of them the merge added, took away and changed. */
export interface MergedNodes {
  readonly nodes: number;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

/**
 * Phases count among `nodes` alone: a target that another phase lists, as flocks do where a region enters Production, is the same
 * target, and neither phase is a change of it. O(V + E).
 */
export function mergedNodes(before: BuildGraph, after: BuildGraph): MergedNodes {
  const { added, removed, changed } = difference(before, after).nodes;
  return {
    nodes: after.nodes.length,
    added: withoutPhases(added),
    removed: withoutPhases(removed),
    changed: withoutPhases(changed),
  };
}

function withoutPhases(nodes: readonly GraphNode[]): number {
  return nodes.filter(({ kind }) => kind !== 'phase').length;
}
