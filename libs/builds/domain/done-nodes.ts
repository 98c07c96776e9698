import { type BuildGraph, provisionalId, topologicalOrder } from '#libs/build-graph';
import { canonicalJson, type Json } from '#libs/kernel';
import { type Baseline, type NodePlan, type PlannedGraph } from '../contract/index.js';
import { currentDigest } from './current-digest.js';

/** The last success of a node, in whatever build. */
export interface NodeResult {
  readonly digest: string;
  readonly outputs: Outputs;
  /** Only of a node of the baseline: what it gave when it was first carried out since; null: it was not, and its outputs are unknown. */
  readonly supplied?: Outputs | null;
}

type Outputs = Readonly<Record<string, Json>>;

export interface NodeRecord {
  result(node: string): NodeResult | undefined;
  /** Outputs of an available capability; undefined where it is not available. */
  capability(id: string): Outputs | undefined;
  readonly baseline?: Pick<Baseline, 'capabilities'> | null;
}

/** A node's, or capability's, outputs as they are now; undefined where it was not carried out, or is not available. */
function outputsIn(record: NodeRecord, node: string): Outputs | undefined {
  return resultIn(record, node)?.outputs ?? record.capability(node);
}

/**
 * The same as they count in digests. What was unknown when a baseline was taken counts as nothing, also when it is supplied later: so
 * whoever reads it is redone only when it changes once more.
 */
export function countedOutputs(record: NodeRecord, node: string): Outputs | undefined {
  const result = resultIn(record, node);
  if (result) {
    const { supplied, outputs } = result;
    if (supplied === undefined) return outputs;
    return supplied === null || canonicalJson(supplied) === canonicalJson(outputs) ? {} : outputs;
  }
  const given = record.capability(node);
  const unknown = record.baseline?.capabilities[node];
  if (!given || !unknown) return given;
  return Object.fromEntries(Object.entries(given).filter(([name]) => !unknown.includes(name)));
}

/**
 * What a node's attributes read, by address or `capability:<name>`. Outputs of what stands as the baseline has it are left out, and of a
 * capability that was known in part the rest stands as `{ $unknown }`.
 */
export function outputsRead(plan: NodePlan, record: NodeRecord): Readonly<Record<string, Json>> {
  const outputs: Record<string, Json> = {};
  for (const { node, from } of plan.outputsRead) {
    if (resultIn(record, node)?.supplied === null) continue;
    const unknown = record.baseline?.capabilities[node] ?? [];
    outputs[from] = {
      ...Object.fromEntries(unknown.map((name) => [name, { $unknown: [`${from}.outputs.${name}`] }])),
      ...outputsIn(record, node),
    };
  }
  return outputs;
}

/** Where a node has a provisional form only, that one's; a capability has none. */
const resultIn = (record: NodeRecord, node: string): NodeResult | undefined =>
  record.result(node) ??
  (record.capability(node) === undefined ? record.result(provisionalId(node)) : undefined);

/**
 * Operations that are done, and capabilities that are available: an operation whose last success bears its current digest. A reader
 * of outputs that may still change is not: it is looked at again when they are known. O(V + E).
 */
export function doneNodes(graph: BuildGraph, plan: PlannedGraph, record: NodeRecord): ReadonlySet<string> {
  const done = new Set<string>();
  const outputsOf = (node: string) => countedOutputs(record, node);
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
