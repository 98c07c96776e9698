import { compare, fromBigInt, isWhole, type Num, toDouble } from '../../number/index.js';
import { convert } from '../../values/convert.js';
import { equal } from '../../values/equality.js';
import { marksOf, type Marks, SENSITIVE, unmark, withMarks } from '../../values/marks.js';
import { lengthBounds, mayBe, prefixOf, refine, UNBOUNDED } from '../../values/refinement.js';
import { DYNAMIC, friendlyName, listOf, mapOf, NUMBER, setOf, STRING, type Type } from '../../values/type.js';
import {
  isComposite,
  isNull,
  ListValue,
  MapValue,
  ObjectValue,
  SetValue,
  TupleValue,
  type Refinement,
  typeOf,
  UnknownValue,
  type Value,
} from '../../values/value.js';
import { ANYTHING, EPHEMERAL, parameter } from '../argument.js';
import { FunctionError, type Parameter, type StrictFunction } from '../function.js';
import { safePrefix } from '../safe-prefix.js';

const assumed = { allowNull: true, allowUnknown: true, allowDynamic: true };

const assumeequal: StrictFunction = {
  name: 'assumeequal',
  description: 'The second value, which the first one is asserted to equal once it is known.',
  params: [parameter('actual_value', DYNAMIC, ANYTHING), parameter('expected_value', DYNAMIC, ANYTHING)],
  returnType: ([, expected]) => typeOf(expected!),
  call: ([actual, expected]) => {
    let converted: Value;
    try {
      converted = convert(actual!, typeOf(expected!));
    } catch {
      throw new FunctionError(
        `actual value type ${friendlyName(typeOf(actual!))} does not match assumed value type ${friendlyName(typeOf(expected!))}`,
        0,
      );
    }
    if (unmark(equal(converted, expected!)) === false) {
      throw new FunctionError('the actual value does not match the assumed value', 0);
    }
    return withMarksOf(expected!, converted);
  },
};

/** Marks of the actual value go over, place by place, but for those that say what it is rather than whence it came. */
function withMarksOf(value: Value, actual: Value): Value {
  const marks: Marks = new Set(
    [...marksOf(actual)].filter((mark) => mark !== SENSITIVE && mark !== EPHEMERAL),
  );
  const bare = unmark(value);
  const other = unmark(actual);
  if (!isComposite(bare) || !isComposite(other)) return withMarks(value, marks);
  return withMarks(withMarks(merged(bare, other), marksOf(value)), marks);
}

function merged(value: Value, actual: Value): Value {
  if (value instanceof ObjectValue && actual instanceof ObjectValue) {
    return new ObjectValue(
      value.shape,
      value.slots.map((slot, i) => withMarksOf(slot, actual.slots[i] ?? slot)),
    );
  }
  if (value instanceof MapValue && actual instanceof MapValue) {
    const entries = Array.from(
      value.entries,
      ([k, v]) => [k, withMarksOf(v, actual.entries.get(k) ?? v)] as const,
    );
    return new MapValue(value.type, new Map(entries));
  }
  if (value instanceof SetValue || !('items' in (value as object)) || !('items' in (actual as object)))
    return value;
  const others = (actual as ListValue).items;
  const items = (value as ListValue).items.map((item, i) => withMarksOf(item, others[i] ?? item));
  return value instanceof ListValue ? new ListValue(value.type, items) : new TupleValue(items);
}

function assumption(
  name: string,
  description: string,
  type: Type,
  more: readonly Parameter[],
  refinement: (args: readonly Value[], value: Value) => Refinement,
): StrictFunction {
  return {
    name,
    description,
    params: [parameter('value', type, assumed), ...more],
    returnType: type,
    call: ([value, ...args]) => assume(value!, refinement(args, value!)),
  };
}

/** Refuses what is known not to be so; the rest is refined. */
function assume(value: Value, refinement: Refinement): Value {
  const refuse = (): FunctionError => new FunctionError('assumption was not upheld', 0);
  if (isNull(value)) {
    if (refinement.prefix !== undefined) return value;
    throw refuse();
  }
  if (value instanceof UnknownValue) {
    if (value.type.kind === 'dynamic') return value;
    if (contradicts(value, refinement)) throw refuse();
    return refine(value, refinement);
  }
  const { prefix } = refinement;
  // The reference compares as much as there is of both.
  const upheld =
    typeof value === 'string' && prefix !== undefined
      ? value.startsWith(prefix) || prefix.startsWith(value)
      : mayBe(new UnknownValue(typeOf(value), refinement), value);
  if (!upheld) throw refuse();
  return value;
}

function contradicts(value: UnknownValue, refinement: Refinement): boolean {
  const prefix = refinement.prefix ?? '';
  const known = prefixOf(value);
  if (!prefix.startsWith(known) && !known.startsWith(prefix)) return true;
  const [least, most] = lengthBounds(value);
  const { minLength = 0, maxLength = UNBOUNDED } = refinement;
  return minLength > maxLength || minLength > most || maxLength < least;
}

const assumenotnull = assumption(
  'assumenotnull',
  'The value, which is asserted never to be null.',
  DYNAMIC,
  [],
  (_, value) => {
    if (typeOf(value).kind !== 'dynamic') return { notNull: true };
    throw new FunctionError(
      'given value must have a known type; consider using the \\"convert\\" function to specify a type to assume',
      0,
    );
  },
);

const assumestringprefix = assumption(
  'assumestringprefix',
  'The string, which is asserted to start with a prefix.',
  STRING,
  [parameter('prefix', STRING)],
  ([prefix]) => ({ prefix: safePrefix(prefix as string) }),
);

const MAX_INT = fromBigInt(2n ** 63n - 1n);

function lengthArgument(value: Value, argument: number): number {
  if (!isWhole(value as Num) || compare(value as Num, MAX_INT) >= 0) {
    throw new FunctionError('must be a whole number between 0 and 9223372036854775807', argument);
  }
  return toDouble(value as Num);
}

function lengthAssumptions(noun: string, type: Type): StrictFunction[] {
  const describe = (what: string): string => `The ${noun}, which is asserted to have ${what}.`;
  const min = parameter('min_length', NUMBER);
  const max = parameter('max_length', NUMBER);
  return [
    assumption(
      `assume${noun}length`,
      describe('a length within bounds'),
      type,
      [min, max],
      ([least, most]) => ({
        minLength: lengthArgument(least!, 1),
        maxLength: lengthArgument(most!, 2),
      }),
    ),
    assumption(`assume${noun}lengthmin`, describe('at least a length'), type, [min], ([least]) => ({
      minLength: lengthArgument(least!, 0),
    })),
    assumption(`assume${noun}lengthmax`, describe('at most a length'), type, [max], ([most]) => ({
      maxLength: lengthArgument(most!, 0),
    })),
  ];
}

export const assumeFunctions: readonly StrictFunction[] = [
  assumeequal,
  assumenotnull,
  assumestringprefix,
  ...lengthAssumptions('list', listOf(DYNAMIC)),
  ...lengthAssumptions('set', setOf(DYNAMIC)),
  ...lengthAssumptions('map', mapOf(DYNAMIC)),
];
