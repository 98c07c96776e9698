import { BigFloat, equals as equalNumbers } from '../number/index.js';
import { marksOf, union, unmark, unmarkDeep, withMarks } from './marks.js';
import { definitelyNotNull, mayBe } from './refinement.js';
import { setKey } from './set.js';
import { BOOL, equalTypes, hasDynamic, type Type } from './type.js';
import {
  CapsuleValue,
  isComposite,
  MapValue,
  NullValue,
  ObjectValue,
  SetValue,
  summaryOf,
  typeOf,
  UnknownValue,
  type Composite,
  type Value,
} from './value.js';

export const UNKNOWN_BOOL = new UnknownValue(BOOL, { notNull: true });

/** Equality as `==` has it: a bool, or unknown where it depends on what is unknown; with the marks of both. */
export function equal(a: Value, b: Value): Value {
  if (typeof a !== 'object' && typeof b !== 'object') return a === b;
  if (summaryOf(a).hasMarks || summaryOf(b).hasMarks) {
    const [bareA, marksA] = unmarkDeep(a);
    const [bareB, marksB] = unmarkDeep(b);
    return withMarks(equal(bareA, bareB), union(marksA, marksB));
  }
  const result = compareValues(a, b);
  return result ?? UNKNOWN_BOOL;
}

/** undefined: not known. */
function compareValues(a: Value, b: Value): boolean | undefined {
  if (a instanceof NullValue && definitelyNotNull(b)) return false;
  if (b instanceof NullValue && definitelyNotNull(a)) return false;
  const unknownA = a instanceof UnknownValue;
  const unknownB = b instanceof UnknownValue;
  if (unknownA || unknownB) {
    if (unknownA && unknownB) return undefined;
    const range = (unknownA ? a : b) as UnknownValue;
    const known = unknownA ? b : a;
    if (known instanceof NullValue) return undefined;
    if (hasDynamic(range.type)) {
      return conforms(typeOf(known), range.type) ? undefined : false;
    }
    if (!equalTypes(typeOf(known), range.type)) return false;
    return mayBe(range, known) ? undefined : false;
  }
  if (a instanceof NullValue || b instanceof NullValue)
    return a instanceof NullValue && b instanceof NullValue;
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (a instanceof BigFloat || b instanceof BigFloat)
    return a instanceof BigFloat && b instanceof BigFloat && equalNumbers(a, b);
  const typeA = typeOf(a);
  const typeB = typeOf(b);
  if ((hasDynamic(typeA) && !hasKnownType(a)) || (hasDynamic(typeB) && !hasKnownType(b))) {
    return conforms(typeA, typeB) || conforms(typeB, typeA) ? undefined : false;
  }
  if (!equalTypes(typeA, typeB)) return false;
  if (a === b && !summaryOf(a).hasUnknown) return true;
  return compareComposites(a as Composite, b as Composite);
}

/** Whether no part of the value may still get another type; a null without a type stays what it is. */
function hasKnownType(value: Value): boolean {
  if (value instanceof UnknownValue) return !hasDynamic(value.type);
  return !isComposite(value) || childrenOf(value).every(hasKnownType);
}

function compareComposites(a: Composite | CapsuleValue, b: Composite | CapsuleValue): boolean | undefined {
  if (a instanceof CapsuleValue || b instanceof CapsuleValue)
    return a instanceof CapsuleValue && b instanceof CapsuleValue && a.content === b.content;
  if (a instanceof ObjectValue) return pairs(a.slots, (b as ObjectValue).slots);
  if (a instanceof MapValue) {
    const other = (b as MapValue).entries;
    if (a.entries.size !== other.size) return false;
    for (const key of a.entries.keys()) if (!other.has(key)) return false;
    return pairs([...a.entries.values()], [...other.values()]);
  }
  if (a instanceof SetValue) {
    const { items } = b as SetValue;
    if ([...a.items, ...items].some((item) => item instanceof UnknownValue)) return undefined;
    const keys = new Set(items.map(setKey));
    return a.items.length === items.length && a.items.every((item) => keys.has(setKey(item)));
  }
  const { items } = b as typeof a;
  return a.items.length === items.length ? pairs(a.items, items) : false;
}

function pairs(a: readonly Value[], b: readonly Value[]): boolean | undefined {
  for (let i = 0; i < a.length; i++) {
    const same = compareValues(a[i]!, b[i]!);
    if (same !== true) return same;
  }
  return true;
}

/** Whether a value of the type may be one of `constraint`, in which `dynamic` stands for anything. */
export function conforms(type: Type, constraint: Type): boolean {
  if (constraint.kind === 'dynamic') return true;
  if (type.kind !== constraint.kind) return false;
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'map':
      return 'element' in constraint && conforms(type.element, constraint.element);
    case 'tuple':
      return (
        constraint.kind === 'tuple' &&
        type.elements.length === constraint.elements.length &&
        type.elements.every((t, i) => conforms(t, constraint.elements[i]!))
      );
    case 'object': {
      if (constraint.kind !== 'object' || type.attributes.size !== constraint.attributes.size) return false;
      for (const [name, t] of type.attributes) {
        const other = constraint.attributes.get(name);
        if (other === undefined || !conforms(t, other)) return false;
      }
      return true;
    }
    default:
      return equalTypes(type, constraint);
  }
}

/** Whether two values are the same in every respect: types, marks and refinements included. */
export function identical(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (a instanceof BigFloat || b instanceof BigFloat)
    return a instanceof BigFloat && b instanceof BigFloat && equalNumbers(a, b);
  const marksA = marksOf(a);
  const marksB = marksOf(b);
  if (marksA.size !== marksB.size || ![...marksA].every((mark) => marksB.has(mark))) return false;
  const x = unmark(a);
  const y = unmark(b);
  if (x !== a || y !== b) return identical(x, y);
  if (!equalTypes(typeOf(x), typeOf(y))) return false;
  if (x instanceof NullValue) return y instanceof NullValue;
  if (x instanceof UnknownValue) return y instanceof UnknownValue && sameRefinement(x, y);
  if (x instanceof CapsuleValue) return y instanceof CapsuleValue && x.content === y.content;
  const childrenX = childrenOf(x);
  if (y instanceof NullValue || y instanceof UnknownValue) return false;
  const childrenY = childrenOf(y as Composite);
  if (
    x instanceof MapValue &&
    y instanceof MapValue &&
    ![...x.entries.keys()].every((key) => y.entries.has(key))
  )
    return false;
  return (
    childrenX.length === childrenY.length && childrenX.every((child, i) => identical(child, childrenY[i]!))
  );
}

function sameRefinement(a: UnknownValue, b: UnknownValue): boolean {
  const x = a.refinement ?? {};
  const y = b.refinement ?? {};
  const bound = (p: typeof x.lower, q: typeof x.lower): boolean =>
    p === undefined || q === undefined
      ? p === q
      : p.inclusive === q.inclusive && equalNumbers(p.value, q.value);
  return (
    x.notNull === y.notNull &&
    x.prefix === y.prefix &&
    x.minLength === y.minLength &&
    x.maxLength === y.maxLength &&
    bound(x.lower, y.lower) &&
    bound(x.upper, y.upper)
  );
}

export function childrenOf(value: Composite): readonly Value[] {
  if (value instanceof ObjectValue) return value.slots;
  return value instanceof MapValue ? [...value.entries.values()] : value.items;
}
