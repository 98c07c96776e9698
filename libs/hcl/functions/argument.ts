import { compare, fromBigInt, isInfinite, isWhole, type Num, toBigInt, toDouble } from '../number/index.js';
import { SENSITIVE } from '../values/marks.js';
import { nfc } from '../values/text.js';
import { type Type } from '../values/type.js';
import { type Value } from '../values/value.js';
import { FunctionError, type Parameter } from './function.js';
import { quote } from './quote.js';

type Allowances = Omit<Parameter, 'name' | 'type'>;

export const parameter = (name: string, type: Type, allowances: Allowances = {}): Parameter => ({
  name,
  type,
  ...allowances,
});

/** Everything passes: the function looks at nulls, unknowns, marks and untyped values itself. */
export const ANYTHING: Allowances = {
  allowNull: true,
  allowUnknown: true,
  allowDynamic: true,
  allowMarked: true,
};

/** A string result: every string in a value is in normal form C. */
export const text = (result: string): Value => nfc(result);

/** UTF-16 units of the longest string that a function makes of shorter ones. */
const LONGEST_TEXT = 16 * 1024 * 1024;

/** Refuses a result before it is made. */
export function refuseTooLong(length: number): void {
  if (length <= LONGEST_TEXT) return;
  throw new FunctionError(`the result would have ${length} characters; at most ${LONGEST_TEXT} can be made`);
}

const MIN_INT = fromBigInt(-(2n ** 63n));
const MAX_INT = fromBigInt(2n ** 63n - 1n);

/** A whole number of 64 bits; what is beyond 2^53 comes out rounded, which no size or index can tell. */
export function toInt(value: Value, argument?: number, prefix = ''): number {
  if (typeof value === 'number') return value + 0;
  const number = value as Num;
  if (isWhole(number) && compare(number, MIN_INT) >= 0 && compare(number, MAX_INT) <= 0)
    return toDouble(number);
  throw new FunctionError(
    `${prefix}value must be a whole number, between -9223372036854775808 and 9223372036854775807`,
    argument,
  );
}

export function toWhole(value: Value): bigint {
  const number = value as Num;
  if (isWhole(number)) return toBigInt(number);
  throw new FunctionError('value must be a whole number');
}

const MAX_DOUBLE = `${BigInt(Number.MAX_VALUE)}.000000`;

/** The nearest double; a finite number out of a double's range is an error. */
export function toFloat(value: Value): number {
  const double = toDouble(value as Num);
  if (!Number.isFinite(double) && !isInfinite(value as Num)) {
    throw new FunctionError(`value must be between -${MAX_DOUBLE} and ${MAX_DOUBLE} inclusive`);
  }
  return double;
}

/** A second mark that OpenTofu's functions know: the value may not be kept. */
export const EPHEMERAL = 'Ephemeral';

/** The text for a message, quoted, unless a mark forbids to show it. */
export function redacted(shown: string | number, marks: ReadonlySet<string>): string {
  const kinds = [marks.has(EPHEMERAL) ? 'ephemeral' : '', marks.has(SENSITIVE) ? 'sensitive' : ''];
  const hidden = kinds.filter((kind) => kind !== '').join(' ');
  if (hidden !== '') return `(${hidden} value)`;
  return typeof shown === 'string' ? quote(shown) : String(shown);
}
