import { type BuildGraph, provisionalId, topologicalOrder } from '#libs/build-graph';
import { type Json } from '#libs/kernel';
import { type PlannedGraph } from '../contract/index.js';
import { currentDigest } from './current-digest.js';

/** The last success of a node, in whatever build. */
export interface NodeResult {
  readonly digest: string;
  readonly outputs: Readonly<Record<string, Json>>;
}

export interface NodeRecord {
  result(node: string): NodeResult | undefined;
  /** Outputs of an available capability; undefined where it is not available. */
  capability(id: string): Readonly<Record<string, Json>> | undefined;
}

/**
 * Operations that are done, and capabilities that are available: an operation whose last success bears its current digest. A reader
 * of outputs that may still change is not: it is looked at again when they are known. O(V + E).
 */
export function doneNodes(graph: BuildGraph, plan: PlannedGraph, record: NodeRecord): ReadonlySet<string> {
  const done = new Set<string>();
  const outputsOf = (node: string) =>
    record.result(node)?.outputs ?? record.capability(node) ?? record.result(provisionalId(node))?.outputs;
  const isDone = (id: string): boolean => {
    const node = plan.plans[id];
    if (!node) return record.capability(id) !== undefined;
    const result = record.result(id);
    if (!result || result.digest !== currentDigest(node, outputsOf)) return false;
    return node.outputsRead.every(
      (read) => !(read.node in plan.plans) || done.has(read.node) || done.has(provisionalId(read.node)),
    );
  };
  // Outputs are read from predecessors, so those are decided first.
  for (const id of topologicalOrder(graph)) if (isDone(id)) done.add(id);
  return done;
}
