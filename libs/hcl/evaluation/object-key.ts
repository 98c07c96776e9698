import { literalText } from '../syntax/literal-text.js';
import { type ObjectNode } from '../syntax/node.js';
import { ConversionError, convert } from '../values/convert.js';
import { STRING } from '../values/type.js';
import { NullValue, type Value } from '../values/value.js';

export function literalKey(key: ObjectNode['items'][number]['key']): string | undefined {
  const { inner, forced } = key;
  const text = literalText(inner);
  if (text !== undefined) return text;
  if (forced) return undefined;
  if (inner.kind === 'traversal' && inner.steps.length === 0) return inner.root;
  if (inner.kind === 'literal') {
    // true, false and null are names here.
    if (typeof inner.value === 'boolean') return String(inner.value);
    if (inner.value instanceof NullValue) return 'null';
  }
  return undefined;
}

/** The value as text; undefined where it is unknown, or cannot be text and `fail` was told why. */
export function asText(value: Value, fail: (reason: string) => void): string | undefined {
  if (typeof value === 'string') return value;
  try {
    const text = convert(value, STRING);
    return typeof text === 'string' ? text : undefined;
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    fail(error.message);
    return undefined;
  }
}
