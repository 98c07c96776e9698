import { BigFloat } from './number/index.js';
import { compareText } from './values/type.js';
import { Origin } from './values/origin.js';
import {
  ListValue,
  MapValue,
  ObjectValue,
  SetValue,
  summaryOf,
  TupleValue,
  type Composite,
  type Value,
} from './values/value.js';

/** Collects the paths of tracked values that were read. Adding is O(1), a path is kept once. */
let lastId = 0;

export class Reads {
  /** Tells evaluation sites whether they have recorded here already. */
  readonly id = ++lastId;
  private readonly origins = new Set<Origin>();
  private readonly reached = new Set<Origin>();

  add(origin: Origin): void {
    this.origins.add(origin);
  }

  /**
   * An attribute was asked for. Of a composite, what is read below it counts; where nothing is, that it is there and no scalar, as
   * this may have decided about an error that `can` or `try` saw.
   */
  addAttribute(origin: Origin, found: Value | undefined): void {
    (found === undefined || isLeaf(found) ? this.origins : this.reached).add(origin);
  }

  /**
   * Declares that a value reaches the output: every tracked scalar below counts as read, or, of tracked objects, only the
   * attributes named. O(size of the tracked parts).
   */
  markOutput(value: Value, attributes?: readonly string[]): void {
    if (typeof value !== 'object' || value instanceof BigFloat || !summaryOf(value).hasOrigin) return;
    switch (value.kind) {
      case 'marked':
        this.markOutput(value.value, attributes);
        return;
      case 'object':
        if (attributes === undefined) {
          this.observe(value);
          for (const slot of value.slots) this.markOutput(slot);
        } else for (const name of attributes) this.markAttribute(value, name);
        return;
      case 'map':
        this.observe(value);
        for (const item of value.entries.values()) this.markOutput(item, attributes);
        return;
      case 'list':
      case 'set':
      case 'tuple':
        this.observe(value);
        for (const item of value.items) this.markOutput(item, attributes);
    }
  }

  private markAttribute(object: ObjectValue, name: string): void {
    const child = object.get(name);
    if (child !== undefined && !isLeaf(child)) this.markOutput(child);
    else if (object.origin !== undefined) this.add(object.origin.attribute(name));
  }

  /** The collection itself was read: which elements it has, and those that are scalars. */
  observe(collection: Composite): void {
    const { origin } = collection;
    if (origin === undefined) return;
    this.add(origin);
    if (!summaryOf(collection).hasLeaf) return;
    if (collection instanceof ObjectValue)
      collection.slots.forEach((slot, i) => {
        if (isLeaf(slot)) this.add(origin.attribute(collection.shape.names[i]!));
      });
    else if (collection instanceof MapValue) {
      for (const [key, item] of collection.entries) if (isLeaf(item)) this.add(origin.attribute(key));
    } else this.add(origin.element());
  }

  /** A value was taken apart without a look into its objects: it and the sequences in it were read. */
  observeStructure(value: Value): void {
    if (typeof value !== 'object' || value instanceof BigFloat || !summaryOf(value).hasOrigin) return;
    if (value.kind === 'marked') this.observeStructure(value.value);
    else if ('items' in value) {
      this.observe(value);
      for (const item of value.items) if (!(item instanceof ObjectValue)) this.observeStructure(item);
    } else if (value.kind === 'map') {
      this.observe(value);
      for (const item of value.entries.values())
        if (!(item instanceof ObjectValue)) this.observeStructure(item);
    } else if (value.kind === 'object') {
      this.observe(value);
      for (const slot of value.slots)
        if (typeof slot === 'object' && 'items' in slot) this.observeStructure(slot);
    }
  }

  /** The paths, sorted. */
  paths(): readonly string[] {
    const read = new Set([...this.origins].map((o) => o.path));
    const all = [...read];
    for (const { path } of this.reached)
      if (!all.some((p) => p.startsWith(`${path}.`) || p.startsWith(`${path}[`))) read.add(path);
    return [...read].sort(compareText);
  }
}

export function isLeaf(value: Value): boolean {
  return (
    typeof value !== 'object' ||
    value instanceof BigFloat ||
    value.kind === 'null' ||
    value.kind === 'unknown' ||
    value.kind === 'capsule'
  );
}

/**
 * A copy whose objects and collections know where they came from, for use as (part of) a variable; evaluation then tells
 * its scope's `Reads` what it read of it, as `path.attribute`, `path[*].attribute`, or `path` alone where only which
 * elements there are was observed. Build once and share. O(size).
 */
export function tracked<T extends Value>(value: T, path: string | Origin): T {
  return track(value, typeof path === 'string' ? new Origin(path) : path) as T;
}

function track(value: Value, origin: Origin): Value {
  if (typeof value !== 'object' || value instanceof BigFloat) return value;
  const items = (list: readonly Value[]): Value[] => {
    const element = origin.element();
    return list.map((item) => track(item, element));
  };
  let copy;
  switch (value.kind) {
    case 'object':
      copy = new ObjectValue(
        value.shape,
        value.slots.map((slot, i) => track(slot, origin.attribute(value.shape.names[i]!))),
      );
      break;
    case 'map':
      copy = new MapValue(
        value.type,
        new Map([...value.entries].map(([k, v]) => [k, track(v, origin.attribute(k))])),
      );
      break;
    case 'list':
      copy = new ListValue(value.type, items(value.items));
      break;
    case 'set':
      copy = new SetValue(value.type, items(value.items));
      break;
    case 'tuple':
      copy = new TupleValue(items(value.items));
      break;
    default:
      return value;
  }
  copy.origin = origin;
  return copy;
}
