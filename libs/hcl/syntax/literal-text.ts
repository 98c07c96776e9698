import { type Node } from './node.js';

/** The text of a string or template that is nothing but text; undefined for anything else. */
export function literalText(node: Node): string | undefined {
  if (node.kind === 'string') return node.value;
  if (node.kind !== 'template' || node.parts.length !== 1) return undefined;
  const [part] = node.parts;
  return part!.kind === 'literal' && typeof part.value === 'string' ? part.value : undefined;
}
