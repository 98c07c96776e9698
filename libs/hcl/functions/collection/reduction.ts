import { add, compare, type Num, UndefinedResult } from '../../number/index.js';
import { ConversionError, convert } from '../../values/convert.js';
import { childrenOf } from '../../values/equality.js';
import { BOOL, DYNAMIC, friendlyName, listOf, NUMBER, type Type } from '../../values/type.js';
import { unify } from '../../values/unify.js';
import {
  isComposite,
  isNull,
  isUnknown,
  isWhollyKnown,
  makeList,
  MapValue,
  NullValue,
  ObjectValue,
  typeOf,
  unknown,
  type Value,
} from '../../values/value.js';
import { parameter } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { itemsOf } from './sequence.js';

const alltrue: StrictFunction = {
  name: 'alltrue',
  description: 'Whether all elements of a list are true; so it is for an empty one.',
  params: [parameter('list', listOf(BOOL))],
  returnType: BOOL,
  notNull: true,
  call: ([list]) => {
    for (const item of itemsOf(list!)) {
      if (isUnknown(item)) return unknown(BOOL);
      if (item !== true) return false;
    }
    return true;
  },
};

const anytrue: StrictFunction = {
  name: 'anytrue',
  description: 'Whether an element of a list is true.',
  params: [parameter('list', listOf(BOOL))],
  returnType: BOOL,
  notNull: true,
  call: ([list]) => {
    const items = itemsOf(list!);
    if (items.includes(true)) return true;
    return items.some(isUnknown) ? unknown(BOOL) : false;
  },
};

const coalesce: StrictFunction = {
  name: 'coalesce',
  description: 'The first of the given values that is neither null nor an empty string.',
  params: [],
  varParam: parameter('vals', DYNAMIC, { allowNull: true, allowUnknown: true, allowDynamic: true }),
  returnType: (values): Type => {
    const common = unify(values.map(typeOf), true);
    if (common === undefined) throw new FunctionError('all arguments must have the same type');
    return common;
  },
  notNull: true,
  call: (values, type) => {
    for (const value of values) {
      const converted = convertOrNull(value, type);
      if (isUnknown(converted)) return unknown(type);
      if (!isNull(converted) && converted !== '') return converted;
    }
    throw new FunctionError('no non-null, non-empty-string arguments');
  },
};

/** The types may be reconcilable and the values not; the reference passes over one that is not. */
function convertOrNull(value: Value, type: Type): Value {
  try {
    return convert(value, type);
  } catch (error) {
    if (error instanceof ConversionError) return new NullValue(type);
    throw error;
  }
}

const sum: StrictFunction = {
  name: 'sum',
  description: 'The sum of the numbers in a list, set or tuple.',
  params: [parameter('list', DYNAMIC)],
  returnType: NUMBER,
  notNull: true,
  call: ([list]) => {
    if (!isComposite(list!)) throw new FunctionError('cannot sum noniterable', 0);
    const mapping = list instanceof MapValue || list instanceof ObjectValue;
    const items = mapping ? childrenOf(list) : itemsOf(list);
    if (items.length === 0) throw new FunctionError('cannot sum an empty list', 0);
    if (mapping) {
      throw new FunctionError(
        `argument must be list, set, or tuple. Received ${friendlyName(typeOf(list))}`,
        0,
      );
    }
    if (!isWhollyKnown(list)) return unknown(NUMBER);
    try {
      return items.map(summand).reduce(add);
    } catch (error) {
      if (error instanceof UndefinedResult) throw new FunctionError(error.message);
      throw error;
    }
  },
};

function summand(item: Value): Num {
  const refuse = (): FunctionError =>
    new FunctionError('argument must be list, set, or tuple of number values', 0);
  if (isNull(item)) throw refuse();
  try {
    return convert(item, NUMBER) as Num;
  } catch {
    throw refuse();
  }
}

const LONGEST_RANGE = 1024;

const range: StrictFunction = {
  name: 'range',
  description: 'The numbers from a start (0) up to, and without, a limit, in steps (of 1).',
  params: [],
  varParam: parameter('params', NUMBER),
  returnType: listOf(NUMBER),
  notNull: true,
  call: (params) => {
    const given = params as readonly Num[];
    if (given.length === 0 || given.length > 3) {
      throw new FunctionError('must have one, two, or three arguments');
    }
    const [start, end] = given.length === 1 ? [0, given[0]!] : [given[0]!, given[1]!];
    const step = given[2] ?? (compare(end, start) < 0 ? -1 : 1);
    const down = compare(step, 0) < 0;
    const ahead = (from: Num): boolean => (down ? compare(from, end) > 0 : compare(from, end) < 0);
    if (down ? compare(end, start) > 0 : compare(end, start) < 0) {
      const rule = down
        ? 'less than start when step is negative'
        : 'greater than start when step is positive';
      throw new FunctionError(`end must be ${rule}`, 1);
    }
    const numbers: Num[] = [];
    for (let number = start; ahead(number); number = add(number, step)) {
      if (numbers.length >= LONGEST_RANGE) {
        throw new FunctionError(
          'more than 1024 values were generated; either decrease the difference between start and end or use a smaller step',
        );
      }
      numbers.push(number);
    }
    return makeList(NUMBER, numbers);
  },
};

export const reductionFunctions: readonly StrictFunction[] = [alltrue, anytrue, coalesce, sum, range];
