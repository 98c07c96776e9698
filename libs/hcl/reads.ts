import { BigFloat } from './number/index.js';
import { compareText } from './values/type.js';
import { Origin } from './values/origin.js';
import { ListValue, MapValue, ObjectValue, SetValue, TupleValue, type Value } from './values/value.js';

/** Collects the paths of tracked values that were read. Adding is O(1), a path is kept once. */
export class Reads {
  private readonly origins = new Set<Origin>();

  add(origin: Origin): void {
    this.origins.add(origin);
  }

  /**
   * Declares that a value reaches the output: every tracked scalar below counts as read, or, of tracked objects, only the
   * attributes named. O(size of the tracked parts).
   */
  markOutput(value: Value, attributes?: readonly string[]): void {
    if (typeof value !== 'object' || value instanceof BigFloat) return;
    switch (value.kind) {
      case 'marked':
        this.markOutput(value.value, attributes);
        return;
      case 'object': {
        const { origin } = value;
        const names = attributes ?? value.shape.names;
        if (origin !== undefined && attributes === undefined) this.add(origin);
        for (const name of names) {
          const child = value.get(name);
          if (child === undefined) {
            if (origin !== undefined) this.add(origin.attribute(name));
          } else if (isLeaf(child)) {
            if (origin !== undefined) this.add(origin.attribute(name));
          } else this.markOutput(child);
        }
        return;
      }
      case 'map':
        this.markItems(value, value.entries.values(), attributes);
        return;
      case 'list':
      case 'set':
      case 'tuple':
        this.markItems(value, value.items, attributes);
    }
  }

  private markItems(
    collection: ListValue | SetValue | TupleValue | MapValue,
    items: Iterable<Value>,
    attributes?: readonly string[],
  ): void {
    const { origin } = collection;
    if (origin !== undefined) this.add(origin);
    for (const item of items) {
      if (!isLeaf(item)) this.markOutput(item, attributes);
      else if (origin !== undefined) this.add(origin.element());
    }
  }

  /** The paths, sorted. */
  paths(): readonly string[] {
    return [...new Set([...this.origins].map((o) => o.path))].sort(compareText);
  }
}

function isLeaf(value: Value): boolean {
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
    case 'map': {
      const element = origin.element();
      copy = new MapValue(value.type, new Map([...value.entries].map(([k, v]) => [k, track(v, element)])));
      break;
    }
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
