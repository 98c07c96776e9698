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

/**
 * Whether a tree and that of its text as printed are the same but for places, and heredocs of text alone, which are printed as
 * strings. `source` is the text of the first. The first difference as a path, or undefined.
 */
export function treeDifference(a: Node | BodyNode, b: Node | BodyNode, source: string): string | undefined {
  return difference(a, b, '', source);
}

function difference(a: unknown, b: unknown, path: string, source: string): string | undefined {
  if (a === b) return undefined;
  if (a instanceof BigFloat || b instanceof BigFloat)
    return a instanceof BigFloat && b instanceof BigFloat && equals(a, b) ? undefined : path;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return path;
  if (a instanceof Map && b instanceof Map) return difference([...a], [...b], path, source);
  if (Array.isArray(a) !== Array.isArray(b)) return path;
  if ('kind' in a && 'kind' in b) {
    const [first, second] = [a as Node, b as Node];
    if (first.kind === 'template' && second.kind === 'string' && source.startsWith('<<', first.start))
      return literalText(first) === second.value ? undefined : path;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (PLACES.has(key)) continue;
    const found = difference(
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      `${path}.${key}`,
      source,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}
