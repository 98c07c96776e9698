import { BigFloat, type Num } from '../number/index.js';
import { type Origin } from './origin.js';
import {
  BOOL,
  compareText,
  DYNAMIC,
  equalTypes,
  NUMBER,
  STRING,
  tupleOf,
  type CapsuleType,
  type CollectionType,
  type ObjectType,
  type TupleType,
  type Type,
} from './type.js';

/** Canonical: a JavaScript number where it is a safe integer, `BigFloat` otherwise (see `Num`). */
export type NumberValue = Num;

/** What is known about an unknown value. Absent fields say nothing. A value may be anything that fits. */
export interface Refinement {
  readonly notNull?: boolean;
  /** Strings: the value starts with this. */
  readonly prefix?: string;
  readonly lower?: NumberBound;
  readonly upper?: NumberBound;
  /** Collections: length, inclusive. */
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface NumberBound {
  readonly value: NumberValue;
  readonly inclusive: boolean;
}

/** Known scalars are JavaScript's own. Strings are in normal form C. */
export type Scalar = string | boolean | NumberValue;

export type Value =
  | Scalar
  | NullValue
  | UnknownValue
  | MarkedValue
  | ListValue
  | SetValue
  | MapValue
  | TupleValue
  | ObjectValue
  | CapsuleValue;

export type Composite = ListValue | SetValue | MapValue | TupleValue | ObjectValue;

export class NullValue {
  readonly kind = 'null';
  constructor(readonly type: Type) {}
}

export class UnknownValue {
  readonly kind = 'unknown';
  constructor(
    readonly type: Type,
    readonly refinement?: Refinement,
  ) {}
}

/** A value with marks (such as "Sensitive") at its own level; what is inside may be marked too. Never nested directly. */
export class MarkedValue {
  readonly kind = 'marked';
  constructor(
    readonly value: Exclude<Value, MarkedValue>,
    readonly marks: ReadonlySet<string>,
  ) {}
}

export class CapsuleValue {
  readonly kind = 'capsule';
  constructor(
    readonly type: CapsuleType,
    readonly content: unknown,
  ) {}
}

/** What holds anywhere within a composite value; computed once. */
export interface Summary {
  readonly hasUnknown: boolean;
  readonly hasMarks: boolean;
  readonly hasOrigin: boolean;
  /** Whether a direct child is a scalar, null or unknown: what reading the collection itself reads. */
  readonly hasLeaf: boolean;
  /** Scalars and composites within, counted as a tree. */
  readonly weight: number;
}

abstract class CompositeValue {
  /** @internal */ summary: Summary | undefined = undefined;
  /** Set on injected data: see `tracked`. */
  origin: Origin | undefined = undefined;
}

export class ListValue extends CompositeValue {
  readonly kind = 'list';
  constructor(
    readonly type: CollectionType,
    readonly items: readonly Value[],
  ) {
    super();
  }
}

/** Distinct items in cty's order. Build with `makeSet`. */
export class SetValue extends CompositeValue {
  readonly kind = 'set';
  constructor(
    readonly type: CollectionType,
    readonly items: readonly Value[],
  ) {
    super();
  }
}

export class MapValue extends CompositeValue {
  readonly kind = 'map';
  /** Keys must be in code-point order: build with `makeMap`. */
  constructor(
    readonly type: CollectionType,
    readonly entries: ReadonlyMap<string, Value>,
  ) {
    super();
  }
}

export class TupleValue extends CompositeValue {
  readonly kind = 'tuple';
  private cachedType: TupleType | undefined = undefined;
  constructor(readonly items: readonly Value[]) {
    super();
  }
  get type(): TupleType {
    return (this.cachedType ??= tupleOf(this.items.map(typeOf)));
  }
}

/** The attribute names of an object, shared by all objects that were made alike: attribute access caches the place by it. */
export class Shape {
  readonly places: ReadonlyMap<string, number>;
  /** @internal */ lastType: ObjectType | undefined = undefined;

  /** `names` distinct and in code-point order. */
  constructor(readonly names: readonly string[]) {
    this.places = new Map(names.map((name, i) => [name, i]));
  }
}

const WRITTEN_SHAPES = 1000;
const WRITTEN_NAMES = 50;
const written = new Map<string, Shape>();

/** The shape of an object in a text, by its names as in `Shape`: objects that are written alike have the same. O(names). */
export function writtenShape(names: readonly string[]): Shape {
  if (names.length > WRITTEN_NAMES) return new Shape(names);
  const key = JSON.stringify(names);
  let shape = written.get(key);
  if (shape === undefined) {
    if (written.size >= WRITTEN_SHAPES) written.clear();
    written.set(key, (shape = new Shape(names)));
  }
  return shape;
}

export class ObjectValue extends CompositeValue {
  readonly kind = 'object';
  private cachedType: ObjectType | undefined = undefined;
  constructor(
    readonly shape: Shape,
    readonly slots: readonly Value[],
  ) {
    super();
  }

  get(name: string): Value | undefined {
    const place = this.shape.places.get(name);
    return place === undefined ? undefined : this.slots[place];
  }

  get type(): ObjectType {
    return (this.cachedType ??= objectTypeOf(this.shape, this.slots));
  }
}

/** Objects of one shape mostly have one type; handing out the same one makes later comparisons O(1). */
function objectTypeOf(shape: Shape, slots: readonly Value[]): ObjectType {
  const types = slots.map(typeOf);
  const last = shape.lastType;
  if (last !== undefined) {
    let i = 0;
    let same = true;
    for (const type of last.attributes.values()) {
      if (!equalTypes(type, types[i++]!)) {
        same = false;
        break;
      }
    }
    if (same) return last;
  }
  const attributes = new Map<string, Type>();
  shape.names.forEach((name, i) => attributes.set(name, types[i]!));
  return (shape.lastType = { kind: 'object', attributes, optional: new Set() });
}

/** O(1) for all but tuples and objects, whose type is computed once. */
export function typeOf(value: Value): Type {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'number':
      return NUMBER;
    case 'boolean':
      return BOOL;
  }
  if (value instanceof BigFloat) return NUMBER;
  return value.kind === 'marked' ? typeOf(value.value) : value.type;
}

export const NULL = new NullValue(DYNAMIC);
export const UNKNOWN = new UnknownValue(DYNAMIC);
export const EMPTY_TUPLE = new TupleValue([]);
export const EMPTY_OBJECT = new ObjectValue(new Shape([]), []);

export const isNumber = (value: Value): value is NumberValue =>
  typeof value === 'number' || value instanceof BigFloat;

export const isNull = (value: Value): value is NullValue => value instanceof NullValue;
export const isUnknown = (value: Value): value is UnknownValue => value instanceof UnknownValue;
export const isMarked = (value: Value): value is MarkedValue => value instanceof MarkedValue;
export const isComposite = (value: Value): value is Composite => value instanceof CompositeValue;

export function makeObject(
  attributes: Readonly<Record<string, Value>> | Iterable<readonly [string, Value]>,
): ObjectValue {
  const entries = [
    ...(Symbol.iterator in attributes ? attributes : Object.entries(attributes as Record<string, Value>)),
  ];
  const byName = new Map(entries);
  const names = [...byName.keys()].sort(compareText);
  return new ObjectValue(
    new Shape(names),
    names.map((name) => byName.get(name)!),
  );
}

/** Keys and values of a map or object, in the order of the keys. */
export function entriesOf(value: MapValue | ObjectValue): readonly (readonly [string, Value])[] {
  if (value instanceof MapValue) return [...value.entries];
  return value.shape.names.map((name, i) => [name, value.slots[i]!] as const);
}

export function makeMap(element: Type, entries: Iterable<readonly [string, Value]>): MapValue {
  const byKey = new Map(entries);
  const keys = [...byKey.keys()];
  let sorted = true;
  for (let i = 1; i < keys.length && sorted; i++) sorted = compareText(keys[i - 1]!, keys[i]!) < 0;
  if (sorted) return new MapValue({ kind: 'map', element }, byKey);
  keys.sort(compareText);
  return new MapValue({ kind: 'map', element }, new Map(keys.map((key) => [key, byKey.get(key)!])));
}

export function makeList(element: Type, items: readonly Value[]): ListValue {
  return new ListValue({ kind: 'list', element }, items);
}

/** An unknown value of the type; `refinement` as far as it fits the type. */
export function unknown(type: Type, refinement?: Refinement): UnknownValue {
  return type === DYNAMIC && refinement === undefined ? UNKNOWN : new UnknownValue(type, refinement);
}

const SCALAR: Summary = { hasUnknown: false, hasMarks: false, hasOrigin: false, hasLeaf: false, weight: 1 };
const UNKNOWN_SUMMARY: Summary = { ...SCALAR, hasUnknown: true };

/** O(1) after the first time; then O(direct children). */
export function summaryOf(value: Value): Summary {
  if (typeof value !== 'object' || value instanceof BigFloat) return SCALAR;
  switch (value.kind) {
    case 'null':
    case 'capsule':
      return SCALAR;
    case 'unknown':
      return UNKNOWN_SUMMARY;
    case 'marked':
      return { ...summaryOf(value.value), hasMarks: true };
    case 'map':
      return (value.summary ??= summarize([...value.entries.values()], value.origin !== undefined));
    case 'object':
      return (value.summary ??= summarize(value.slots, value.origin !== undefined));
    default:
      return (value.summary ??= summarize(value.items, value.origin !== undefined));
  }
}

const unwrap = (value: Value): Value => (value instanceof MarkedValue ? value.value : value);

function summarize(children: readonly Value[], tracked: boolean): Summary {
  let hasUnknown = false;
  let hasMarks = false;
  let hasOrigin = tracked;
  let hasLeaf = false;
  let weight = 1;
  for (let i = 0; i < children.length; i++) {
    const child = children[i]!;
    if (typeof child !== 'object') {
      weight++;
      hasLeaf = true;
      continue;
    }
    const composite = isComposite(unwrap(child));
    hasLeaf ||= !composite;
    const inner = (child as Partial<CompositeValue>).summary ?? summaryOf(child);
    weight += inner.weight;
    hasUnknown ||= inner.hasUnknown;
    hasMarks ||= inner.hasMarks;
    hasOrigin ||= inner.hasOrigin;
  }
  return { hasUnknown, hasMarks, hasOrigin, hasLeaf, weight };
}

export const isWhollyKnown = (value: Value): boolean => !summaryOf(value).hasUnknown;
export const containsMarks = (value: Value): boolean => summaryOf(value).hasMarks;
