import { marksOf, type Marks, SENSITIVE, unmark, withMarks } from '../../values/marks.js';
import { BOOL, DYNAMIC, type Type } from '../../values/type.js';
import {
  isUnknown,
  ListValue,
  MapValue,
  NullValue,
  ObjectValue,
  SetValue,
  TupleValue,
  typeOf,
  unknown,
  isComposite,
  isNull,
  type Value,
} from '../../values/value.js';
import { ANYTHING, EPHEMERAL, parameter } from '../argument.js';
import { type StrictFunction } from '../function.js';

const params = [parameter('value', DYNAMIC, ANYTHING)];
const sameType = ([value]: readonly Value[]): Type => typeOf(value!);

const sensitive: StrictFunction = {
  name: 'sensitive',
  description: 'The value, marked so that no text shows it.',
  params,
  returnType: sameType,
  reads: 'structure',
  call: ([value]) => withMarks(value!, new Set([SENSITIVE])),
};

const nonsensitive: StrictFunction = {
  name: 'nonsensitive',
  description: 'The value without the mark that hides it.',
  params,
  returnType: sameType,
  reads: 'structure',
  call: ([value]) => withMarks(unmark(value!), without(marksOf(value!), SENSITIVE)),
};

const issensitive: StrictFunction = {
  name: 'issensitive',
  description: 'Whether the value is marked as sensitive.',
  params,
  returnType: BOOL,
  notNull: true,
  reads: 'structure',
  call: ([value]) => (isUnknown(unmark(value!)) ? unknown(BOOL) : marksOf(value!).has(SENSITIVE)),
};

const ephemeralasnull: StrictFunction = {
  name: 'ephemeralasnull',
  description: 'The value, with null in place of whatever may not be kept.',
  params,
  returnType: sameType,
  call: ([value]) => withoutEphemeral(value!),
};

function withoutEphemeral(value: Value): Value {
  const marks = marksOf(value);
  const bare = unmark(value);
  const rest = without(marks, EPHEMERAL);
  if (isNull(bare)) return withMarks(bare, rest);
  if (isUnknown(bare)) return withMarks(unknown(bare.type), rest);
  if (marks.has(EPHEMERAL)) return withMarks(new NullValue(typeOf(bare)), rest);
  return withMarks(isComposite(bare) ? eachWithin(bare) : bare, rest);
}

function eachWithin(value: Value): Value {
  if (value instanceof ListValue) return new ListValue(value.type, value.items.map(withoutEphemeral));
  if (value instanceof SetValue) return new SetValue(value.type, value.items.map(withoutEphemeral));
  if (value instanceof TupleValue) return new TupleValue(value.items.map(withoutEphemeral));
  if (value instanceof ObjectValue) return new ObjectValue(value.shape, value.slots.map(withoutEphemeral));
  if (value instanceof MapValue) {
    return new MapValue(value.type, new Map(Array.from(value.entries, ([k, v]) => [k, withoutEphemeral(v)])));
  }
  return value;
}

function without(marks: Marks, mark: string): Marks {
  const rest = new Set(marks);
  rest.delete(mark);
  return rest;
}

export const sensitiveFunctions: readonly StrictFunction[] = [
  sensitive,
  nonsensitive,
  issensitive,
  ephemeralasnull,
];
