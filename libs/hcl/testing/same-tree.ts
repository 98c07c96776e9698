import { BigFloat, equals } from '../number/index.js';
import { literalText } from '../syntax/literal-text.js';
import { type BodyNode, type Node } from '../syntax/node.js';

const PLACES = new Set([
  ...[
    'start',
    'end',
    'rootEnd',
    'nameEnd',
    'open',
    'close',
    'openEnd',
    'closeStart',
    'markerStart',
    'markerEnd',
  ],
  ...['typeEnd', 'equals'],
]);

/** Whether two trees are the same but for places and for how a text alone is quoted. The first difference as a path, or undefined. */
export function treeDifference(a: Node | BodyNode, b: Node | BodyNode): string | undefined {
  return difference(a, b, '');
}

function difference(a: unknown, b: unknown, path: string): string | undefined {
  if (a === b) return undefined;
  if (a instanceof BigFloat || b instanceof BigFloat)
    return a instanceof BigFloat && b instanceof BigFloat && equals(a, b) ? undefined : path;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return path;
  if (a instanceof Map && b instanceof Map) return difference([...a], [...b], path);
  if (Array.isArray(a) !== Array.isArray(b)) return path;
  if ('kind' in a && 'kind' in b) {
    // A heredoc that is nothing but text keeps the place of that text, a string need not; both print as strings.
    const text = literalText(a as Node);
    if (text !== undefined && text === literalText(b as Node)) return undefined;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (PLACES.has(key)) continue;
    const found = difference(
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      `${path}.${key}`,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}
