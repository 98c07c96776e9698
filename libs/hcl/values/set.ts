import { BigFloat, compare, formatNumber, toDecimalString } from '../number/index.js';
import { NO_MARKS, unmarkDeep, withMarks } from './marks.js';
import { quote } from './quote.js';
import { compareText, DYNAMIC, type Type } from './type.js';
import {
  CapsuleValue,
  ListValue,
  MapValue,
  MarkedValue,
  NullValue,
  ObjectValue,
  SetValue,
  UnknownValue,
  isNumber,
  type Value,
} from './value.js';

/**
 * A set of the items: equal ones once, in cty's order (values, then unknown ones, then null). Marks within move to the set
 * as a whole. Unknown items are all kept, as they may differ. O(n log n).
 */
export function makeSet(element: Type, items: readonly Value[]): Value {
  let marks = NO_MARKS;
  const plain: Value[] = [];
  for (const item of items) {
    const [bare, itemMarks] = unmarkDeep(item);
    if (itemMarks.size > 0) marks = new Set([...marks, ...itemMarks]);
    plain.push(bare);
  }
  const set = new SetValue({ kind: 'set', element }, distinct(element, plain));
  return withMarks(set, marks);
}

function distinct(element: Type, items: readonly Value[]): Value[] {
  const seen = new Set<string>();
  const keyed: [key: string, item: Value][] = [];
  const unknown: Value[] = [];
  for (const item of items) {
    if (item instanceof UnknownValue) {
      unknown.push(item);
      continue;
    }
    const key = setKey(item);
    if (seen.has(key) && !(key.includes('?') && hasUnknownKey(item))) continue;
    seen.add(key);
    keyed.push([key, item]);
  }
  const { kind } = element;
  keyed.sort(([keyA, a], [keyB, b]) => {
    if (a instanceof NullValue || b instanceof NullValue)
      return Number(a instanceof NullValue) - Number(b instanceof NullValue);
    if (kind === 'string') return compareText(a as string, b as string);
    if (kind === 'number' && isNumber(a) && isNumber(b)) return compare(a, b);
    if (kind === 'bool') return Number(a) - Number(b);
    return compareText(keyA, keyB);
  });
  const known = keyed.map(([, item]) => item);
  const nulls = known.filter((item) => item instanceof NullValue);
  if (unknown.length === 0) return known;
  return [...known.filter((item) => !(item instanceof NullValue)), ...unknown, ...nulls];
}

function hasUnknownKey(value: Value): boolean {
  if (value instanceof UnknownValue) return true;
  if (value instanceof ObjectValue) return value.slots.some(hasUnknownKey);
  if (value instanceof MapValue) return [...value.entries.values()].some(hasUnknownKey);
  if (typeof value === 'object' && 'items' in value) return value.items.some(hasUnknownKey);
  return false;
}

/** A text that is equal for equal values of one type; its order is cty's order of sets of composite values. */
export function setKey(value: Value): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (typeof value === 'number' || value instanceof BigFloat) {
    // cty's own key has ten digits only; the exact number follows so that near ones stay apart.
    const short = formatNumber(value, 'g', 10);
    const exact = toDecimalString(value);
    return short === exact ? short : `${short}\u0000${exact}`;
  }
  if (value instanceof MarkedValue) return setKey(value.value);
  if (value instanceof NullValue) return '~';
  if (value instanceof UnknownValue) return '?';
  if (value instanceof CapsuleValue) return '«?»';
  if (value instanceof ObjectValue) return `<${value.slots.map((slot) => `${setKey(slot)};`).join('')}>`;
  if (value instanceof MapValue)
    return `{${[...value.entries].map(([k, v]) => `${quote(k)}:${setKey(v)};`).join('')}}`;
  const inner = value.items.map((item) => `${setKey(item)};`).join('');
  return value instanceof ListValue || value instanceof SetValue ? `[${inner}]` : `<${inner}>`;
}

export const emptySet = (element: Type = DYNAMIC): SetValue => new SetValue({ kind: 'set', element }, []);
