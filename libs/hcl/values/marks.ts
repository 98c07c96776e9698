import { BigFloat } from '../number/index.js';
import {
  containsMarks,
  ListValue,
  MapValue,
  MarkedValue,
  ObjectValue,
  SetValue,
  TupleValue,
  type Value,
} from './value.js';

export type Marks = ReadonlySet<string>;
export type Unmarked = Exclude<Value, MarkedValue>;

export const NO_MARKS: Marks = new Set();

/** The one mark that the language itself knows: text never shows such a value. */
export const SENSITIVE = 'Sensitive';

export function union(a: Marks, b: Marks): Marks {
  if (a.size === 0 || a === b) return b;
  if (b.size === 0) return a;
  return new Set([...a, ...b]);
}

export function withMarks(value: Value, marks: Marks): Value {
  if (marks.size === 0) return value;
  return value instanceof MarkedValue
    ? new MarkedValue(value.value, union(value.marks, marks))
    : new MarkedValue(value, marks);
}

/** The value without the marks of its own level. */
export function unmark(value: Value): Unmarked {
  return value instanceof MarkedValue ? value.value : value;
}

export function marksOf(value: Value): Marks {
  return value instanceof MarkedValue ? value.marks : NO_MARKS;
}

/** The value without any mark, and the union of all that were within. O(1) where there are none. */
export function unmarkDeep(value: Value): readonly [Unmarked, Marks] {
  if (!containsMarks(value)) return [value as Unmarked, NO_MARKS];
  const marks = new Set<string>();
  return [strip(value, marks), marks];
}

function strip(value: Value, marks: Set<string>): Unmarked {
  if (value instanceof MarkedValue) {
    for (const mark of value.marks) marks.add(mark);
    value = value.value;
  }
  if (typeof value !== 'object' || value instanceof BigFloat || !containsMarks(value)) return value;
  const each = (items: readonly Value[]): Value[] => items.map((item) => strip(item, marks));
  switch (value.kind) {
    case 'list':
      return new ListValue(value.type, each(value.items));
    case 'set':
      return new SetValue(value.type, each(value.items));
    case 'tuple':
      return new TupleValue(each(value.items));
    case 'object':
      return new ObjectValue(value.shape, each(value.slots));
    case 'map':
      return new MapValue(value.type, new Map([...value.entries].map(([k, v]) => [k, strip(v, marks)])));
    default:
      return value;
  }
}

export function marksWithin(value: Value): Marks {
  return unmarkDeep(value)[1];
}
