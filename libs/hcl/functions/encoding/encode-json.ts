import { isInfinite, toDecimalString } from '../../number/index.js';
import {
  CapsuleValue,
  isNumber,
  MapValue,
  MarkedValue,
  NullValue,
  ObjectValue,
  UnknownValue,
  type Value,
} from '../../values/value.js';
import { FunctionError } from '../function.js';

// Go's encoder escapes what could end a <script> element, and the two line separators that JavaScript once did not allow.
// Surrogates (Cs) match only where they are alone, and stand for nothing.
const SPECIAL = /["\\\p{Cc}<>&\u2028\u2029\p{Cs}]/gu;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

export function quoteJson(source: string): string {
  return `"${source.replace(SPECIAL, escape)}"`;
}

function escape(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.charCodeAt(0);
  if (code >= 0x7f && code <= 0x9f) return character;
  return `\\u${(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code).toString(16).padStart(4, '0')}`;
}

/** The value as compact JSON with all digits of its numbers. The value must be wholly known and without marks. O(size). */
export function encodeJson(value: Value): string {
  if (typeof value === 'string') return quoteJson(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isNumber(value)) {
    if (isInfinite(value)) throw new FunctionError('cannot serialize infinity as JSON');
    return toDecimalString(value);
  }
  if (value instanceof NullValue) return 'null';
  if (value instanceof UnknownValue) throw new FunctionError('value is not known');
  if (value instanceof MarkedValue)
    throw new FunctionError('value has marks, so it cannot be serialized as JSON');
  if (value instanceof CapsuleValue)
    throw new FunctionError(`a ${value.type.name} cannot be serialized as JSON`);
  if (value instanceof ObjectValue) {
    const { names } = value.shape;
    return `{${names.map((name, i) => `${quoteJson(name)}:${encodeJson(value.slots[i] as Value)}`).join(',')}}`;
  }
  if (value instanceof MapValue) {
    const members = Array.from(value.entries, ([key, item]) => `${quoteJson(key)}:${encodeJson(item)}`);
    return `{${members.join(',')}}`;
  }
  return `[${value.items.map(encodeJson).join(',')}]`;
}
