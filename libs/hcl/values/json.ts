import { BigFloat, fromBigInt, fromJsonNumber, toDouble } from '../number/index.js';
import { makeObject, NULL, ObjectValue, Shape, TupleValue, type Value } from './value.js';
import { compareText } from './type.js';
import { nfc } from './text.js';

/**
 * JSON-like data as values: arrays become tuples, objects objects. Objects with the same keys share one shape, so that
 * 500 alike entries cost 500 small arrays. `undefined` properties are left out. O(size).
 */
export function fromJs(data: unknown): Value {
  return convert(data, new Map(), 0);
}

/** Deepest nesting of data that becomes values. */
const MAX_DEPTH = 500;

function convert(data: unknown, shapes: Map<string, Shape>, depth: number): Value {
  if (depth > MAX_DEPTH) throw new TypeError(`data nests more than ${MAX_DEPTH} levels deep`);
  switch (typeof data) {
    case 'string':
      return nfc(data);
    case 'number':
      return fromJsonNumber(data);
    case 'boolean':
      return data;
    case 'bigint':
      return fromBigInt(data);
  }
  if (data === null || data === undefined) return NULL;
  if (data instanceof BigFloat) return data;
  if (Array.isArray(data)) return new TupleValue(data.map((item) => convert(item, shapes, depth + 1)));
  if (typeof data === 'object') {
    const record = data as Record<string, unknown>;
    const keys = Object.keys(record).filter((key) => record[key] !== undefined);
    const id = JSON.stringify(keys);
    let shape = shapes.get(id);
    if (shape === undefined) {
      const names = keys.map(nfc);
      if (new Set(names).size < names.length)
        return makeObject(keys.map((key) => [nfc(key), convert(record[key], shapes, depth + 1)] as const));
      shapes.set(id, (shape = new Shape(names.sort(compareText))));
    }
    const slots: Value[] = [];
    if (keys.every((key, i) => key === shape.names[i]))
      for (const key of keys) slots.push(convert(record[key], shapes, depth + 1));
    else {
      slots.length = keys.length;
      for (const key of keys) slots[shape.places.get(nfc(key))!] = convert(record[key], shapes, depth + 1);
    }
    return new ObjectValue(shape, slots);
  }
  throw new TypeError(`a ${typeof data} is no value`);
}

/** For what JSON cannot say: called for unknown values, marked ones (before their content), capsules and long numbers. */
export interface JsonVisitor {
  readonly unknown?: (value: Extract<Value, { kind: 'unknown' }>) => unknown;
  readonly marked?: (value: Extract<Value, { kind: 'marked' }>, content: () => unknown) => unknown;
  readonly number?: (value: BigFloat) => unknown;
}

/** Plain data. Without a visitor: unknown → null, marks dropped, numbers rounded to doubles. O(size). */
export function toJson(value: Value, visitor: JsonVisitor = {}): unknown {
  if (typeof value !== 'object') return value;
  if (value instanceof BigFloat)
    return visitor.number === undefined ? toDouble(value) : visitor.number(value);
  switch (value.kind) {
    case 'null':
    case 'capsule':
      return null;
    case 'unknown':
      return visitor.unknown?.(value) ?? null;
    case 'marked': {
      const content = (): unknown => toJson(value.value, visitor);
      return visitor.marked === undefined ? content() : visitor.marked(value, content);
    }
    case 'object': {
      const out: Record<string, unknown> = {};
      value.shape.names.forEach((name, i) => {
        define(out, name, toJson(value.slots[i]!, visitor));
      });
      return out;
    }
    case 'map': {
      const out: Record<string, unknown> = {};
      for (const [key, item] of value.entries) define(out, key, toJson(item, visitor));
      return out;
    }
    default:
      return value.items.map((item) => toJson(item, visitor));
  }
}

function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}
