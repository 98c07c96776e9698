import { digestOf, type Json } from '#libs/kernel';
import { type NodePlan } from '../contract/index.js';

/**
 * Digest of a node with its predecessors' outputs filled in: what a success is compared with. The compiled digest itself where the
 * attributes read no outputs; null while one that they read is not known.
 */
export function currentDigest(
  plan: NodePlan,
  outputsOf: (node: string) => Readonly<Record<string, Json>> | undefined,
): string | null {
  if (plan.outputsRead.length === 0) return plan.digest;
  const read: [string, string, Json][] = [];
  for (const { node, from, path } of plan.outputsRead) {
    const outputs = outputsOf(node);
    if (!outputs) return null;
    read.push([from, path, valueAt(outputs, path)]);
  }
  return digestOf([plan.digest, read]);
}

/** Name of the output at the head of a path; '' where the path means all of them. */
export const outputName = (path: string): string => path.replace(/^outputs\.?/, '').split('.')[0]!;

/** `outputs.ip`, `ip` or `id` in a node's outputs; an empty path means all of them. */
export function valueAt(outputs: Readonly<Record<string, Json>>, path: string): Json {
  let value: Json = outputs;
  for (const step of path.replace(/^outputs\.?/, '').split('.')) {
    if (step === '') continue;
    if (value === null || typeof value !== 'object') return null;
    value = (value as Readonly<Record<string, Json>>)[step] ?? null;
  }
  return value;
}
