import { nearest } from '../syntax/nearest.js';
import { BigFloat, isWhole, toDouble } from '../number/index.js';
import { isLeaf, type Reads } from '../reads.js';
import { type Origin } from '../values/origin.js';
import { ConversionError, convert } from '../values/convert.js';
import { type Step } from '../syntax/node.js';
import { marksOf, union, unmark, withMarks } from '../values/marks.js';
import { friendlyName, isPrimitive, NUMBER, STRING } from '../values/type.js';
import {
  isNumber,
  ListValue,
  MapValue,
  NullValue,
  ObjectValue,
  TupleValue,
  typeOf,
  UNKNOWN,
  unknown,
  UnknownValue,
  Shape,
  type Value,
} from '../values/value.js';
import { type Frame, type Place } from './frame.js';

/** Stands for no object's shape. */
const NO_SHAPE = new Shape([]);

/** One `.name` in a loop. Remembers where objects of one shape have it, and for which `Reads` it was recorded as read. */
export class AttributeSite {
  private shape = NO_SHAPE;
  private slot = 0;
  private recordedOrigin: Origin | undefined = undefined;
  private recordedIn = 0;

  constructor(private readonly step: Extract<Step, { kind: 'attribute' }>) {}

  read(value: Value, frame: Frame): Value {
    // Only objects have a shape, so that the same shape says that this is one.
    const object = value as ObjectValue;
    if (object.shape !== this.shape && !this.learn(value))
      return getAttribute(value, this.step.name, this.step, frame);
    const result = object.slots[this.slot]!;
    const { origin } = object;
    if (origin !== undefined && frame.reads !== undefined)
      if (origin !== this.recordedOrigin || frame.reads.id !== this.recordedIn)
        this.record(origin, result, frame.reads);
    return result;
  }

  private learn(value: Value): boolean {
    if (!(value instanceof ObjectValue)) return false;
    const slot = value.shape.places.get(this.step.name);
    if (slot === undefined) return false;
    this.shape = value.shape;
    this.slot = slot;
    return true;
  }

  private record(origin: Origin, result: Value, reads: Reads): void {
    reads.addAttribute(origin.attribute(this.step.name), result);
    this.recordedOrigin = origin;
    this.recordedIn = reads.id;
  }
}

/** `.name` or `[key]`; a splat has no meaning here. */
export function take(value: Value, step: Step, frame: Frame): Value {
  if (step.kind !== 'attribute') return index(value, step.kind === 'index' ? step.key : UNKNOWN, step, frame);
  const { name } = step;
  const found = value instanceof ObjectValue ? value.get(name) : undefined;
  if (found === undefined) return getAttribute(value, name, step, frame);
  const { origin } = value as ObjectValue;
  if (origin !== undefined) frame.reads?.addAttribute(origin.attribute(name), found);
  return found;
}

/** A hint that the reference does not give. Names of a tracked object then count as read, and those of a marked one are not told. */
function meant(name: string, object: Value, names: Iterable<string>, frame: Frame): string {
  const near = frame.scope.everyFault ? undefined : nearest(name, names);
  if (near === undefined) return '';
  if (object instanceof ObjectValue) frame.reads?.observe(object);
  return ` Did you mean "${near}"?`;
}

function getAttribute(value: Value, name: string, place: Place, frame: Frame, marked = false): Value {
  const bare = unmark(value);
  if (bare !== value) return withMarks(getAttribute(bare, name, place, frame, true), marksOf(value));
  if (value instanceof NullValue)
    return frame.error(
      'null-attribute',
      'Attempt to get attribute from null value',
      'This value is null, so it does not have any attributes.',
      place,
    );
  const unsupported = (detail: string): Value =>
    frame.error('unsupported-attribute', 'Unsupported attribute', detail, place);
  const type = typeOf(value);
  switch (type.kind) {
    case 'object': {
      const attribute = type.attributes.get(name);
      const { reads } = frame;
      if (value instanceof ObjectValue && value.origin !== undefined)
        reads?.addAttribute(value.origin.attribute(name), value.get(name));
      if (attribute === undefined)
        return unsupported(
          `This object does not have an attribute named "${name}".${marked ? '' : meant(name, value, type.attributes.keys(), frame)}`,
        );
      return value instanceof ObjectValue ? value.get(name)! : unknown(attribute);
    }
    case 'map': {
      if (!(value instanceof MapValue)) return unknown(type.element);
      observeKey(value, name, frame);
      return (
        value.entries.get(name) ??
        frame.error(
          'missing-map-element',
          'Missing map element',
          `This map does not have an element with the key "${name}".`,
          place,
        )
      );
    }
    case 'dynamic':
      return UNKNOWN;
    case 'list':
      if (type.element.kind !== 'object') break;
      return unsupported(
        type.element.attributes.has(name)
          ? `Can't access attributes on a list of objects. Did you mean to access attribute "${name}" for a specific element of the list, or across all elements of the list?`
          : "Can't access attributes on a list of objects. Did you mean to access an attribute for a specific element of the list, or across all elements of the list?",
      );
    case 'set':
      if (type.element.kind !== 'object') break;
      return unsupported(
        "Can't access attributes on a set of objects. Did you mean to access an attribute across all elements of the set?",
      );
    default:
      if (isPrimitive(type))
        return unsupported(`Can't access attributes on a primitive-typed value (${friendlyName(type)}).`);
  }
  return unsupported('This value does not have any attributes.');
}

function observeKey(map: MapValue, key: string, frame: Frame): void {
  if (map.origin !== undefined) frame.reads?.addAttribute(map.origin.attribute(key), map.entries.get(key));
}

const NOT_FOUND = 'The given key does not identify an element in this collection value';

/** `[key]`. */
export function index(collection: Value, key: Value, place: Place, frame: Frame): Value {
  if ((collection instanceof TupleValue || collection instanceof ListValue) && typeof key === 'number') {
    const item = collection.items[key];
    if (item !== undefined) {
      if (collection.origin !== undefined && frame.reads !== undefined) {
        frame.reads.add(collection.origin);
        if (isLeaf(item)) frame.reads.add(collection.origin.element());
      }
      return item;
    }
  }
  const bareCollection = unmark(collection);
  const bareKey = unmark(key);
  if (bareCollection !== collection || bareKey !== key) {
    const before = frame.diagnostics.length;
    const result = index(bareCollection, bareKey, place, frame);
    if (frame.diagnostics.length > before) return result;
    // Where it is not known yet whether there is an element, nothing of the key is given away.
    const open = bareKey instanceof UnknownValue || bareCollection instanceof UnknownValue;
    const keyMatters = !(open && result instanceof UnknownValue);
    return withMarks(result, keyMatters ? union(marksOf(collection), marksOf(key)) : marksOf(collection));
  }
  const invalid = (detail: string): Value => frame.error('invalid-index', 'Invalid index', detail, place);
  if (bareCollection instanceof NullValue)
    return frame.error(
      'null-index',
      'Attempt to index null value',
      'This value is null, so it does not have any indices.',
      place,
    );
  if (bareKey instanceof NullValue) return invalid("Can't use a null value as an indexing key.");
  const type = typeOf(bareCollection);
  if (typeOf(bareKey).kind === 'dynamic' || type.kind === 'dynamic') return UNKNOWN;
  const converted = (want: typeof STRING): Value | undefined => {
    try {
      return convert(bareKey, want);
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      invalid(`${NOT_FOUND}: ${error.message}.`);
      return undefined;
    }
  };
  switch (type.kind) {
    case 'list':
    case 'tuple': {
      const number = converted(NUMBER);
      if (number === undefined) return UNKNOWN;
      return sequenceElement(bareCollection, number, invalid, frame);
    }
    case 'map': {
      const name = converted(STRING);
      if (name === undefined) return UNKNOWN;
      if (typeof name !== 'string' || !(bareCollection instanceof MapValue)) {
        if (bareCollection instanceof MapValue) observe(bareCollection, frame);
        return unknown(type.element);
      }
      observeKey(bareCollection, name, frame);
      return bareCollection.entries.get(name) ?? invalid(`${NOT_FOUND}.`);
    }
    case 'object': {
      const name = converted(STRING);
      if (name === undefined) return UNKNOWN;
      if (typeof name !== 'string') return UNKNOWN;
      if (!type.attributes.has(name)) {
        // Its absence was read: once it comes, this differs.
        if (bareCollection instanceof ObjectValue && bareCollection.origin !== undefined)
          frame.reads?.add(bareCollection.origin.attribute(name));
        return invalid(
          `${NOT_FOUND}.${isNumber(bareKey) ? ' An object only supports looking up attributes by name, not by numeric index.' : ''}`,
        );
      }
      return getAttribute(bareCollection, name, place, frame);
    }
    case 'set':
      return invalid(
        "Elements of a set are identified only by their value and don't have any separate index or key to select with, so it's only possible to perform operations across all elements of the set.",
      );
    default:
      return invalid('This value does not have any indices.');
  }
}

function observe(collection: Value, frame: Frame): void {
  if (
    frame.reads !== undefined &&
    (collection instanceof ListValue || collection instanceof TupleValue || collection instanceof MapValue)
  )
    frame.reads.observe(collection);
}

function sequenceElement(
  collection: Value,
  key: Value,
  invalid: (detail: string) => Value,
  frame: Frame,
): Value {
  const type = typeOf(collection);
  const known = collection instanceof ListValue || collection instanceof TupleValue;
  if (!isNumber(key)) {
    observe(collection, frame);
    return type.kind === 'list' ? unknown(type.element) : UNKNOWN;
  }
  observe(collection, frame);
  if (!known && type.kind === 'list') return unknown(type.element);
  const length = known ? collection.items.length : type.kind === 'tuple' ? type.elements.length : 0;
  const at = toDouble(key);
  if (Number.isInteger(at) && at >= 0 && at < length) {
    if (known) return collection.items[at]!;
    return type.kind === 'tuple' ? unknown(type.elements[at]!) : UNKNOWN;
  }
  if (key instanceof BigFloat && !isWhole(key))
    return invalid(
      `${NOT_FOUND}: indexing a sequence requires a whole number, but the given index has a fractional part.`,
    );
  if (at < 0) return invalid(`${NOT_FOUND}: a negative number is not a valid index for a sequence.`);
  // The reference explains only the first index past the end.
  if (at > length) return invalid(`${NOT_FOUND}.`);
  return invalid(
    length === 0
      ? `${NOT_FOUND}: the collection has no elements.`
      : `${NOT_FOUND}: the given index is greater than or equal to the length of the collection.`,
  );
}
