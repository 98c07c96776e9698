import { BigFloat, compare, equals, NEGATIVE_INFINITY, POSITIVE_INFINITY } from '../number/index.js';
import { nfc } from './text.js';
import { DYNAMIC } from './type.js';
import { withMarks } from './marks.js';
import {
  ListValue,
  makeList,
  MapValue,
  MarkedValue,
  NullValue,
  SetValue,
  summaryOf,
  TupleValue,
  typeOf,
  UnknownValue,
  type NumberBound,
  type NumberValue,
  type Refinement,
  type Value,
} from './value.js';

// What is known of values, unknown ones included.

/** As in cty: the longest length that is said to be known at all. */
export const UNBOUNDED = Number.MAX_SAFE_INTEGER;

export function definitelyNotNull(value: Value): boolean {
  if (value instanceof MarkedValue) return definitelyNotNull(value.value);
  if (value instanceof NullValue) return false;
  return value instanceof UnknownValue ? value.refinement?.notNull === true : true;
}

const isKnownNumber = (value: Value): value is NumberValue =>
  typeof value === 'number' || value instanceof BigFloat;

/** The least and greatest value that a number may have; undefined for a value of dynamic type. */
export function numberBounds(value: Value): { lower: NumberBound; upper: NumberBound } | undefined {
  if (isKnownNumber(value)) {
    const bound = { value, inclusive: true };
    return { lower: bound, upper: bound };
  }
  if (!(value instanceof UnknownValue) || value.type.kind !== 'number') return undefined;
  return {
    lower: value.refinement?.lower ?? { value: NEGATIVE_INFINITY, inclusive: false },
    upper: value.refinement?.upper ?? { value: POSITIVE_INFINITY, inclusive: false },
  };
}

/** The least and greatest length of a collection or tuple. A set with unknown elements may be shorter than it looks. */
export function lengthBounds(value: Value): readonly [number, number] {
  if (value instanceof UnknownValue) {
    if (value.type.kind === 'tuple') return [value.type.elements.length, value.type.elements.length];
    return [value.refinement?.minLength ?? 0, value.refinement?.maxLength ?? UNBOUNDED];
  }
  if (value instanceof SetValue) {
    const { length } = value.items;
    return length > 1 && summaryOf(value).hasUnknown ? [1, length] : [length, length];
  }
  if (value instanceof MapValue) return [value.entries.size, value.entries.size];
  if (value instanceof ListValue || value instanceof TupleValue)
    return [value.items.length, value.items.length];
  return [0, UNBOUNDED];
}

export function prefixOf(value: Value): string {
  if (typeof value === 'string') return value;
  return value instanceof UnknownValue ? (value.refinement?.prefix ?? '') : '';
}

/**
 * The value with more known about it. Known values and unknown ones of dynamic type stay as they are; what leaves only one
 * possibility becomes known: equal bounds of a number, a list of known length (with unknown elements), an empty collection.
 */
export function refine(value: Value, more: Refinement): Value {
  if (value instanceof MarkedValue) return withMarks(refine(value.value, more), value.marks);
  if (!(value instanceof UnknownValue) || value.type === DYNAMIC || value.type.kind === 'dynamic')
    return value;
  if (Object.keys(more).length === 0) return value;
  const merged = merge(value.refinement ?? {}, more, value.type.kind);
  return collapse(new UnknownValue(value.type, merged));
}

export const refineNotNull = (value: Value): Value => refine(value, { notNull: true });

function merge(a: Refinement, b: Refinement, kind: string): Refinement {
  const out: {
    notNull?: boolean;
    prefix?: string;
    lower?: NumberBound;
    upper?: NumberBound;
    minLength?: number;
    maxLength?: number;
  } = {};
  if (a.notNull === true || b.notNull === true) out.notNull = true;
  if (kind === 'string') {
    const prefix = longer(a.prefix ?? '', nfc(b.prefix ?? ''));
    if (prefix !== '') out.prefix = prefix;
  }
  if (kind === 'number') {
    const lower = tighter(a.lower, b.lower, 1);
    const upper = tighter(a.upper, b.upper, -1);
    if (lower !== undefined) out.lower = lower;
    if (upper !== undefined) out.upper = upper;
  }
  if (kind === 'list' || kind === 'set' || kind === 'map') {
    const least = Math.max(a.minLength ?? 0, b.minLength ?? 0);
    const most = Math.min(a.maxLength ?? UNBOUNDED, b.maxLength ?? UNBOUNDED);
    if (least > 0) out.minLength = least;
    if (most < UNBOUNDED) out.maxLength = most;
  }
  return out;
}

const longer = (a: string, b: string): string => (b.length > a.length ? b : a);

/** `sign` 1: the greater lower bound; -1: the smaller upper bound. Infinities say nothing. */
function tighter(
  a: NumberBound | undefined,
  b: NumberBound | undefined,
  sign: 1 | -1,
): NumberBound | undefined {
  if (b !== undefined && equals(b.value, sign === 1 ? NEGATIVE_INFINITY : POSITIVE_INFINITY)) b = undefined;
  if (a === undefined || b === undefined) return a ?? b;
  const order = compare(b.value, a.value) * sign;
  if (order !== 0) return order > 0 ? b : a;
  return a.inclusive ? b : a;
}

function collapse(value: UnknownValue): Value {
  const { type, refinement } = value;
  if (refinement?.notNull !== true) return value;
  if (type.kind === 'number') {
    const { lower, upper } = refinement;
    if (lower?.inclusive === true && upper?.inclusive === true && equals(lower.value, upper.value))
      return lower.value;
    return value;
  }
  if (type.kind !== 'list' && type.kind !== 'set' && type.kind !== 'map') return value;
  const length = refinement.minLength ?? 0;
  if (length !== (refinement.maxLength ?? UNBOUNDED)) return value;
  if (length === 0) {
    if (type.kind === 'map') return new MapValue(type, new Map());
    return type.kind === 'list' ? new ListValue(type, []) : new SetValue(type, []);
  }
  const element = new UnknownValue(type.element);
  if (type.kind === 'list') return makeList(type.element, new Array<Value>(length).fill(element));
  return type.kind === 'set' && length === 1 ? new SetValue(type, [element]) : value;
}

/** Whether an unknown value may turn out to be this known one; false only where it certainly is not. */
export function mayBe(range: UnknownValue, value: Value): boolean {
  const { refinement } = range;
  if (value instanceof NullValue) return refinement?.notNull !== true;
  if (refinement === undefined) return true;
  if (refinement.prefix !== undefined && typeof value === 'string' && !value.startsWith(refinement.prefix))
    return false;
  if (isKnownNumber(value)) {
    const { lower, upper } = refinement;
    if (lower !== undefined) {
      const order = compare(value, lower.value);
      if (order < 0 || (order === 0 && !lower.inclusive)) return false;
    }
    if (upper !== undefined) {
      const order = compare(value, upper.value);
      if (order > 0 || (order === 0 && !upper.inclusive)) return false;
    }
  }
  if (refinement.minLength !== undefined || refinement.maxLength !== undefined) {
    const [least, most] = lengthBounds(value);
    if (most < (refinement.minLength ?? 0) || least > (refinement.maxLength ?? UNBOUNDED)) return false;
  }
  return typeOf(value).kind !== 'dynamic';
}
