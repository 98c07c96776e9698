import { convert, ConversionError } from '../values/convert.js';
import { marksOf, unmark, withMarks } from '../values/marks.js';
import { definitelyNotNull, refineNotNull } from '../values/refinement.js';
import { makeSet } from '../values/set.js';
import { type Type } from '../values/type.js';
import { unify } from '../values/unify.js';
import {
  entriesOf,
  isComposite,
  ListValue,
  makeList,
  makeMap,
  makeObject,
  MapValue,
  NullValue,
  ObjectValue,
  SetValue,
  TupleValue,
  typeOf,
  type Composite,
  type Value,
} from '../values/value.js';

/** Values for optional attributes that a value leaves out or sets to null, at any depth of a type. */
export class Defaults {
  private constructor(
    readonly type: Type,
    readonly values: ReadonlyMap<string, Value>,
    /** By attribute, by position in a tuple, or under "" for every element. */
    readonly children: ReadonlyMap<string, Defaults>,
  ) {}

  /** undefined where there is nothing to fill in. */
  static of(
    type: Type,
    values: Iterable<readonly [string, Value]>,
    children: Iterable<readonly [string, Defaults]> | undefined = [],
  ): Defaults | undefined {
    const valueMap = new Map(values);
    const childMap = new Map(children);
    return valueMap.size === 0 && childMap.size === 0 ? undefined : new Defaults(type, valueMap, childMap);
  }

  /** To be applied before the value is converted to the type. O(size). */
  apply(value: Value): Value {
    const bare = unmark(value);
    if (bare instanceof NullValue || !isComposite(bare)) return value;
    return withMarks(this.fill(bare), marksOf(value));
  }

  private fill(value: Composite): Value {
    if (value instanceof ObjectValue || value instanceof MapValue) return this.fillKeyed(value);
    const items = value.items.map((item, i) => this.child(String(i), 'tuple')?.apply(item) ?? item);
    if (value instanceof TupleValue) return new TupleValue(items);
    if (items.length === 0) return value;
    const unified = unifyAll(items);
    if (unified === undefined) return new TupleValue(items);
    if (value instanceof SetValue) return makeSet(unified.type, unified.items);
    return value instanceof ListValue ? makeList(unified.type, unified.items) : value;
  }

  private fillKeyed(value: ObjectValue | MapValue): Value {
    const filled = new Map(
      entriesOf(value).map(([key, item]) => [key, this.child(key, 'object')?.apply(item) ?? item] as const),
    );
    for (const [name, fallback] of this.values) {
      const given = filled.get(name);
      if (given === undefined || unmark(given) instanceof NullValue) {
        filled.set(name, this.children.get(name)?.apply(fallback) ?? fallback);
        continue;
      }
      if (definitelyNotNull(fallback) && typeOf(given).kind !== 'dynamic')
        filled.set(name, refineNotNull(given));
    }
    if (value instanceof ObjectValue) return makeObject(filled);
    if (filled.size === 0) return value;
    const unified = unifyAll([...filled.values()]);
    if (unified === undefined) return makeObject(filled);
    return makeMap(
      unified.type,
      [...filled.keys()].map((key, i) => [key, unified.items[i]!] as const),
    );
  }

  private child(key: string, kind: 'tuple' | 'object'): Defaults | undefined {
    return this.type.kind === kind ? this.children.get(key) : this.children.get('');
  }
}

function unifyAll(items: readonly Value[]): { type: Type; items: Value[] } | undefined {
  const type = unify(items.map(typeOf), true);
  if (type === undefined) return undefined;
  try {
    return { type, items: items.map((item) => convert(item, type)) };
  } catch (error) {
    if (error instanceof ConversionError) return undefined;
    throw error;
  }
}
