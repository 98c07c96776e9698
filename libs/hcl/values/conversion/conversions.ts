import { parseNumber, toDecimalString } from '../../number/index.js';
import { marksOf, unmark, withMarks } from '../marks.js';
import { commonType } from './common-type.js';
import { explain } from './explain.js';
import { lengthBounds, refine, UNBOUNDED } from '../refinement.js';
import { makeSet } from '../set.js';
import { nfc } from '../text.js';
import {
  DYNAMIC,
  equalTypes,
  listOf,
  mapOf,
  objectOf,
  setOf,
  tupleOf,
  withoutOptional,
  type CollectionType,
  type ObjectType,
  type TupleType,
  type Type,
} from '../type.js';
import {
  entriesOf,
  isNumber,
  ListValue,
  makeMap,
  MapValue,
  NullValue,
  type ObjectValue,
  SetValue,
  TupleValue,
  makeObject,
  typeOf,
  UNKNOWN,
  UnknownValue,
  type Composite,
  type Refinement,
  type Value,
} from '../value.js';

/** Why a value is not, and cannot be made, of a type; a phrase without a final stop, never with the value itself. */
export class ConversionError extends Error {}

/** Takes a value of the type that it was made for; throws `ConversionError` where this value cannot be converted. */
export type Conversion = (value: Value) => Value;

const unify = (types: readonly Type[], unsafe: boolean): Type | undefined =>
  commonType(types, unsafe, hasConversion);

/** The value as one of the type. Throws `ConversionError`. O(1) where it is of the type already. */
export function convert(value: Value, type: Type): Value {
  if (type.kind === 'dynamic') return value;
  const from = typeOf(value);
  if (from === type) return value;
  if (equalTypes(from, withoutOptional(type))) return value;
  const conversion = conversionBetween(from, type, true);
  if (conversion === undefined) throw new ConversionError(explain(from, type, hasConversion));
  return conversion(value);
}

export function hasConversion(from: Type, to: Type, unsafe: boolean): boolean {
  return conversionBetween(from, to, unsafe) !== undefined;
}

/** How to convert values of one type to another; undefined where none can be. Unsafe: also where only some can. */
export function conversionBetween(from: Type, to: Type, unsafe: boolean): Conversion | undefined {
  const known = knownConversion(from, to, unsafe);
  if (known === undefined) return undefined;
  return (value) => {
    const bare = unmark(value);
    if (bare !== value) return withMarks(convertBare(bare), marksOf(value));
    return convertBare(value);
  };
  function convertBare(value: Value): Value {
    if (to.kind === 'dynamic') return value;
    if (value instanceof UnknownValue)
      return unknownResult(value, fillDynamic(value.type, withoutOptional(to)));
    if (value instanceof NullValue) return new NullValue(fillDynamic(value.type, withoutOptional(to)));
    return known!(value);
  }
}

function knownConversion(from: Type, to: Type, unsafe: boolean): Conversion | undefined {
  if (to.kind === 'dynamic') return (value) => value;
  if (unsafe && from.kind === 'dynamic') return (value) => convert(value, to);
  switch (to.kind) {
    case 'string':
      if (from.kind === 'number' || from.kind === 'bool') return scalarToString;
      return from.kind === 'string' ? (value) => value : undefined;
    case 'number':
      return unsafe && from.kind === 'string' ? stringToNumber : undefined;
    case 'bool':
      return unsafe && from.kind === 'string' ? stringToBool : undefined;
    case 'object':
      if (from.kind === 'object') return objectToObject(from, to, unsafe);
      return from.kind === 'map' && unsafe ? mapToObject(from, to, unsafe) : undefined;
    case 'tuple':
      return from.kind === 'tuple' ? tupleToTuple(from, to, unsafe) : undefined;
    case 'list':
      if (from.kind === 'list' || from.kind === 'set') return collectionTo(from, to, unsafe);
      return from.kind === 'tuple' ? tupleToCollection(from, to, unsafe) : undefined;
    case 'set':
      if (from.kind === 'set' || (from.kind === 'list' && unsafe)) return collectionTo(from, to, unsafe);
      return from.kind === 'tuple' ? tupleToCollection(from, to, unsafe) : undefined;
    case 'map':
      if (from.kind === 'map') return mapToMap(from, to, unsafe);
      return from.kind === 'object' ? objectToMap(from, to, unsafe) : undefined;
    default:
      return undefined;
  }
}

const scalarToString: Conversion = (value) =>
  typeof value === 'boolean' ? String(value) : isNumber(value) ? toDecimalString(value) : value;

const stringToNumber: Conversion = (value) => {
  const number = parseNumber(value as string);
  if (number === undefined) throw new ConversionError('a number is required');
  return number;
};

const stringToBool: Conversion = (value) => {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  const lower = (value as string).toLowerCase();
  throw new ConversionError(
    lower === 'true' || lower === 'false'
      ? `a bool is required; to convert from string, use lowercase "${lower}"`
      : 'a bool is required',
  );
};

/** `null` for "nothing to do", undefined for "impossible". */
function elementConversion(from: Type, to: Type, unsafe: boolean): Conversion | null | undefined {
  return equalTypes(from, to) ? null : conversionBetween(from, to, unsafe);
}

function collectionTo(from: CollectionType, to: CollectionType, unsafe: boolean): Conversion | undefined {
  const each = elementConversion(from.element, to.element, unsafe);
  if (each === undefined) return undefined;
  return (value) => {
    const source = value as ListValue | SetValue;
    if (to.kind === 'list' && source instanceof SetValue) {
      const [least, most] = lengthBounds(source);
      if (least !== most) return new UnknownValue(listOf(from.element));
    }
    return buildSequence(to, from.element, each === null ? source.items : source.items.map(each), source);
  };
}

function buildSequence(
  to: CollectionType,
  fallback: Type,
  given: readonly Value[],
  source: Composite,
): Value {
  if (given.length === 0) {
    const element = to.element.kind === 'dynamic' ? fallback : withoutOptional(to.element);
    return to.kind === 'set' ? new SetValue(setOf(element), []) : new ListValue(listOf(element), []);
  }
  const bare = given.map(bareNull);
  const element = elementType(bare, to.kind);
  const items = bare.map((item) => asElement(item, element));
  if (to.kind === 'set') return withOrigin(makeSet(element, items), source);
  return withOrigin(new ListValue(listOf(element), items), source);
}

/** Tracked data stays so when only its container changes. */
function withOrigin(value: Value, source: Composite): Value {
  const bare = unmark(value);
  if (
    source.origin !== undefined &&
    (bare instanceof ListValue || bare instanceof SetValue || bare instanceof MapValue)
  )
    bare.origin = source.origin;
  return value;
}

/** A null value's type has no optional attributes. */
const bareNull = (value: Value): Value =>
  value instanceof NullValue ? new NullValue(withoutOptional(value.type)) : value;

/** What has no type of its own yet is, in a collection, of its elements' type. */
export function asElement(item: Value, type: Type): Value {
  if (typeOf(item).kind !== 'dynamic') return item;
  const bare = unmark(item);
  return withMarks(bare instanceof NullValue ? new NullValue(type) : new UnknownValue(type), marksOf(item));
}

/** The type that all items have; items of dynamic type fit any. */
function elementType(items: readonly Value[], kind: string, what = 'element'): Type {
  let common: Type = DYNAMIC;
  for (const item of items) {
    const type = typeOf(item);
    if (common === type) continue;
    if (common.kind === 'dynamic') common = type;
    else if (type.kind !== 'dynamic' && !equalTypes(common, type))
      throw new ConversionError(`${what} types must all match for conversion to ${kind}`);
  }
  return common;
}

function mapToMap(from: CollectionType, to: CollectionType, unsafe: boolean): Conversion | undefined {
  const each = conversionBetween(from.element, to.element, unsafe);
  if (each === undefined) return undefined;
  return (value) => {
    const source = value as MapValue | ObjectValue;
    const converted = entriesOf(source).map(([key, item]) => [key, each(item)] as const);
    if (converted.length === 0)
      return new MapValue(
        mapOf(to.element.kind === 'dynamic' ? from.element : withoutOptional(to.element)),
        new Map(),
      );
    return withOrigin(buildMap(to, converted, 'element', false), source);
  };
}

function buildMap(
  to: CollectionType,
  entries: readonly (readonly [string, Value])[],
  what: string,
  unsafe: boolean,
): Value {
  let items = entries.map(([, item]) => item);
  if (to.element.kind !== 'dynamic' && ('element' in to.element || to.element.kind === 'object'))
    items = unifyItems(items, unsafe);
  items = items.map(bareNull);
  const element = elementType(items, 'map', what);
  items = items.map((item) => asElement(item, element));
  return makeMap(
    element,
    entries.map(([key], i) => [key, items[i]!] as const),
  );
}

function unifyItems(items: readonly Value[], unsafe: boolean): Value[] {
  const types = items.map(typeOf);
  const common = unify(types, unsafe);
  if (common === undefined) throw new ConversionError('cannot find a common base type for all elements');
  return items.map((item, i) =>
    equalTypes(types[i]!, common) ? item : (conversionBetween(types[i]!, common, unsafe)?.(item) ?? item),
  );
}

function elementTypeFor(from: readonly Type[], to: CollectionType, unsafe: boolean): Type | undefined {
  if (to.element.kind !== 'dynamic') return to.element;
  const element = unify(from, unsafe);
  if (element?.kind === 'dynamic' && to.kind !== 'map' && from.some((type) => type.kind !== 'dynamic'))
    return undefined;
  return element;
}

function elementConversions(
  from: readonly Type[],
  to: Type,
  unsafe: boolean,
): readonly (Conversion | null)[] | undefined {
  const conversions: (Conversion | null)[] = [];
  // Mostly all elements have one type, for which one conversion serves.
  let lastType: Type | undefined;
  let last: Conversion | null | undefined = null;
  for (const type of from) {
    if (type !== lastType) {
      lastType = type;
      last = elementConversion(type, to, unsafe);
      if (last === undefined) return undefined;
    }
    conversions.push(last);
  }
  return conversions;
}

function tupleToCollection(from: TupleType, to: CollectionType, unsafe: boolean): Conversion | undefined {
  if (from.elements.length === 0)
    return () => {
      const element = withoutOptional(to.element);
      return to.kind === 'set' ? new SetValue(setOf(element), []) : new ListValue(listOf(element), []);
    };
  const element = elementTypeFor(from.elements, to, unsafe);
  if (element === undefined) return undefined;
  const each = elementConversions(from.elements, element, unsafe);
  if (each === undefined) return undefined;
  return (value) => {
    const source = value as TupleValue;
    let items = source.items.map((item, i) => each[i]?.(item) ?? item);
    if (to.kind === 'list') items = unifyItems(items, unsafe);
    return buildSequence(to, element, items, source);
  };
}

function tupleToTuple(from: TupleType, to: TupleType, unsafe: boolean): Conversion | undefined {
  if (from.elements.length !== to.elements.length) return undefined;
  const each: (Conversion | null)[] = [];
  for (let i = 0; i < from.elements.length; i++) {
    const conversion = elementConversion(from.elements[i]!, to.elements[i]!, unsafe);
    if (conversion === undefined) return undefined;
    each.push(conversion);
  }
  return (value) => {
    const source = value as TupleValue;
    const result = new TupleValue(source.items.map((item, i) => each[i]?.(item) ?? item));
    result.origin = source.origin;
    return result;
  };
}

function objectToMap(from: ObjectType, to: CollectionType, unsafe: boolean): Conversion | undefined {
  const names = [...from.attributes.keys()];
  if (names.length === 0) return () => new MapValue(mapOf(withoutOptional(to.element)), new Map());
  const types = [...from.attributes.values()];
  const element = elementTypeFor(types, to, unsafe);
  if (element === undefined) return undefined;
  const each = elementConversions(types, element, unsafe);
  if (each === undefined) return undefined;
  return (value) => {
    const source = value as ObjectValue;
    const entries = names.map((name, i) => {
      const item = source.get(name)!;
      return [name, each[i]?.(item) ?? item] as const;
    });
    return withOrigin(buildMap({ kind: 'map', element }, entries, 'attribute', unsafe), source);
  };
}

function mapToObject(from: CollectionType, to: ObjectType, unsafe: boolean): Conversion | undefined {
  const each = new Map<string, Conversion | null | undefined>();
  for (const [name, type] of to.attributes) {
    const conversion = elementConversion(from.element, type, unsafe);
    if (conversion === undefined && !to.optional.has(name)) return undefined;
    each.set(name, conversion);
  }
  return (value) => {
    const { entries } = value as MapValue;
    return makeObject(
      [...to.attributes].map(([name, type]) => {
        const item = entries.get(name);
        if (item === undefined) {
          if (to.optional.has(name)) return [name, new NullValue(withoutOptional(type))] as const;
          throw new ConversionError(`map has no element for required attribute "${name}"`);
        }
        const conversion = each.get(name);
        if (conversion === undefined)
          throw new ConversionError(
            `map element type is incompatible with attribute "${name}": ${explain(typeOf(item), type, hasConversion)}`,
          );
        return [name, bareNull(conversion === null ? item : conversion(item))] as const;
      }),
    );
  };
}

function objectToObject(from: ObjectType, to: ObjectType, unsafe: boolean): Conversion | undefined {
  const each = new Map<string, Conversion | null>();
  for (const [name, type] of to.attributes) {
    const given = from.attributes.get(name);
    if (given === undefined) {
      if (to.optional.has(name)) continue;
      return undefined;
    }
    const conversion = elementConversion(given, type, unsafe);
    if (conversion === undefined) return undefined;
    each.set(name, conversion);
  }
  return (value) => {
    const source = value as ObjectValue;
    const result = makeObject(
      [...to.attributes].map(([name, type]) => {
        const conversion = each.get(name);
        if (conversion === undefined) return [name, new NullValue(withoutOptional(type))] as const;
        const item = source.get(name)!;
        return [name, bareNull(conversion === null ? item : conversion(item))] as const;
      }),
    );
    result.origin = source.origin;
    return result;
  };
}

/** The target type with what the source already knows in the place of `dynamic`. */
function fillDynamic(from: Type, to: Type): Type {
  if (from.kind === 'dynamic') return to;
  const elementOf = (types: readonly Type[]): Type => unify(types, true) ?? DYNAMIC;
  switch (to.kind) {
    case 'dynamic':
      return from;
    case 'map':
      if (from.kind === 'map') return mapOf(fillDynamic(from.element, to.element));
      if (from.kind === 'object')
        return mapOf(fillDynamic(elementOf([...from.attributes.values()]), to.element));
      return to;
    case 'list':
    case 'set':
      if (from.kind === 'set' || from.kind === 'list')
        return { kind: to.kind, element: fillDynamic(from.element, to.element) };
      if (from.kind === 'tuple')
        return { kind: to.kind, element: fillDynamic(elementOf(from.elements), to.element) };
      return to;
    case 'object':
      return objectOf(
        [...to.attributes].map(([name, type]) => {
          const given =
            from.kind === 'map'
              ? from.element
              : from.kind === 'object'
                ? from.attributes.get(name)
                : undefined;
          return [name, given === undefined ? type : fillDynamic(given, type)] as const;
        }),
      );
    case 'tuple':
      return tupleOf(
        to.elements.map((type, i) => fillDynamic((from as TupleType).elements[i] ?? DYNAMIC, type)),
      );
    default:
      return to;
  }
}

function unknownResult(source: UnknownValue, type: Type): Value {
  if (type === DYNAMIC) return UNKNOWN;
  const more: { notNull?: boolean; minLength?: number; maxLength?: number } = {};
  if (source.refinement?.notNull === true) more.notNull = true;
  const from = source.type;
  if (from.kind === 'object' && type.kind === 'map') more.minLength = more.maxLength = from.attributes.size;
  else if (from.kind === 'tuple' && type.kind === 'list')
    more.minLength = more.maxLength = from.elements.length;
  else if (from.kind === 'tuple' && type.kind === 'set') {
    more.minLength = Math.min(1, from.elements.length);
    more.maxLength = from.elements.length;
  } else if ('element' in from && 'element' in type) {
    const [least, most] = lengthBounds(source);
    more.minLength = type.kind === 'set' ? Math.min(1, least) : least;
    if (most < UNBOUNDED) more.maxLength = most;
  }
  return refine(new UnknownValue(type), more satisfies Refinement);
}

export const toText = (value: Value): string => nfc(scalarToString(value) as string);
