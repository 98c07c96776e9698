import { parseNumber, fromJsonNumber } from '../number/index.js';
import { withMarks } from '../values/marks.js';
import { refine } from '../values/refinement.js';
import { makeSet } from '../values/set.js';
import { nfc } from '../values/text.js';
import { DYNAMIC, typeFromJson, type Type } from '../values/type.js';
import {
  ListValue,
  makeMap,
  makeObject,
  NullValue,
  TupleValue,
  unknown,
  type NumberValue,
  type Refinement,
  type Value,
} from '../values/value.js';

/** A value as `cios eval --batch` reads and writes it. */
export interface EncodedValue {
  readonly type: unknown;
  readonly value: unknown;
  readonly hasUnknown?: boolean;
  readonly hasMarks?: boolean;
}

/** What cannot be read as a value, with its place. */
export class DecodeError extends Error {}

/** Throws `DecodeError`. O(size). */
export function decodeValue(encoded: unknown): Value {
  if (!isRecord(encoded) || !('type' in encoded))
    throw new DecodeError('a value must have "type" and "value"');
  return decode(encoded['value'], decodeType(encoded['type']), '');
}

function decodeType(json: unknown): Type {
  try {
    return typeFromJson(json);
  } catch (error) {
    if (error instanceof TypeError) throw new DecodeError(error.message);
    throw error;
  }
}

const isRecord = (data: unknown): data is Record<string, unknown> =>
  data !== null && typeof data === 'object' && !Array.isArray(data);

function decode(data: unknown, type: Type, path: string): Value {
  const fail = (wanted: string): never => {
    throw new DecodeError(`${path === '' ? 'the value' : path} must be ${wanted}`);
  };
  if (data === null || data === undefined) return new NullValue(type);
  if (isRecord(data)) {
    if ('$unknown' in data) {
      const value = unknown(decodeType(data['$unknown']));
      const { refinements } = data;
      return typeof refinements === 'string' ? refine(value, decodeRefinement(refinements)) : value;
    }
    if ('$marks' in data && Array.isArray(data['$marks'])) {
      const inner = 'type' in data ? decodeType(data['type']) : type;
      return withMarks(decode(data['value'], inner, path), new Set(data['$marks'].map(String)));
    }
    if ('$num' in data) return decodeNumber(String(data['$num'])) ?? fail('a number');
    if ('$nil' in data) return new NullValue(type);
    if ('$capsule' in data) return fail('no capsule');
  }
  switch (type.kind) {
    case 'string':
      return typeof data === 'string' ? nfc(data) : fail('a string');
    case 'number':
      if (typeof data === 'string') return parseNumber(data) ?? fail('a number');
      return typeof data === 'number' ? fromJsonNumber(data) : fail('a number');
    case 'bool':
      return typeof data === 'boolean' ? data : fail('true or false');
    case 'list':
    case 'set': {
      if (!Array.isArray(data)) return fail('an array');
      const items = data.map((item, i) => decode(item, type.element, `${path}[${i}]`));
      return type.kind === 'list' ? new ListValue(type, items) : makeSet(type.element, items);
    }
    case 'tuple': {
      if (!Array.isArray(data) || data.length !== type.elements.length)
        return fail(`an array of ${type.elements.length}`);
      return new TupleValue(data.map((item, i) => decode(item, type.elements[i]!, `${path}[${i}]`)));
    }
    case 'map':
      if (!isRecord(data)) return fail('an object');
      return makeMap(
        type.element,
        Object.entries(data).map(
          ([key, item]) => [nfc(key), decode(item, type.element, `${path}.${key}`)] as const,
        ),
      );
    case 'object':
      if (!isRecord(data)) return fail('an object');
      return makeObject(
        [...type.attributes].map(
          ([name, attribute]) => [name, decode(lookup(data, name), attribute, `${path}.${name}`)] as const,
        ),
      );
    case 'dynamic':
      if (isRecord(data) && 'type' in data) return decode(data['value'], decodeType(data['type']), path);
      return plain(data, path);
    default:
      return fail(`of a type that can be read, not ${type.kind}`);
  }
}

function lookup(data: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(data, name)) return data[name];
  return Object.entries(data).find(([key]) => nfc(key) === name)?.[1];
}

function plain(data: unknown, path: string): Value {
  if (typeof data === 'string') return nfc(data);
  if (typeof data === 'boolean') return data;
  if (typeof data === 'number') return fromJsonNumber(data);
  if (Array.isArray(data))
    return new TupleValue(data.map((item, i) => decode(item, DYNAMIC, `${path}[${i}]`)));
  return makeObject(
    Object.entries(data as Record<string, unknown>).map(
      ([key, item]) => [nfc(key), decode(item, DYNAMIC, `${path}.${key}`)] as const,
    ),
  );
}

function decodeNumber(text: string): NumberValue | undefined {
  if (/^[+-]?Inf$/.test(text)) return fromJsonNumber(text.startsWith('-') ? -Infinity : Infinity);
  return parseNumber(text);
}

/** Reads the literal text that cty prints: `Refine().NotNull().StringPrefixFull("v").NewValue()`. */
export function decodeRefinement(text: string): Refinement {
  const out: { -readonly [K in keyof Refinement]: Refinement[K] } = {};
  if (/\bRefineNotNull\(\)|\.NotNull\(\)/.test(text)) out.notNull = true;
  const prefix = /StringPrefixFull\(("(?:[^"\\]|\\.)*")\)/.exec(text)?.[1];
  if (prefix !== undefined) out.prefix = unquoteGo(prefix);
  const bound = (which: string): Refinement['lower'] => {
    const found = new RegExp(
      `Number${which}Bound\\(cty\\.(?:\\w+\\("?([^")]*)"?\\)|(\\w+)), (true|false)\\)`,
    ).exec(text);
    if (found === null) return undefined;
    const value = decodeNumber(found[1] ?? (found[2] === 'Zero' ? '0' : ''));
    return value === undefined ? undefined : { value, inclusive: found[3] === 'true' };
  };
  const lower = bound('Lower');
  const upper = bound('Upper');
  if (lower !== undefined) out.lower = lower;
  if (upper !== undefined) out.upper = upper;
  const length = (which: string): number | undefined => {
    const found = new RegExp(`CollectionLength${which}Bound\\((\\d+)\\)`).exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const least = length('Lower');
  const most = length('Upper');
  if (least !== undefined) out.minLength = least;
  if (most !== undefined) out.maxLength = most;
  return out;
}

function unquoteGo(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)/gi, (_, escape: string) => {
      if (escape.length > 1) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
      return { n: '\n', r: '\r', t: '\t', a: '\u0007', b: '\b', f: '\f', v: '\v' }[escape] ?? escape;
    });
}
