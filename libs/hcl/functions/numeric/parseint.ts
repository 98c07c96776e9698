import { fromBigInt } from '../../number/index.js';
import { marksOf, union, unmark, withMarks } from '../../values/marks.js';
import { DYNAMIC, friendlyName, NUMBER } from '../../values/type.js';
import { isUnknown, typeOf, unknown } from '../../values/value.js';
import { parameter, redacted, toInt } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';

export const parseint: StrictFunction = {
  name: 'parseint',
  description: 'Reads a whole number in the given base, from 2 to 62.',
  params: [
    parameter('number', DYNAMIC, { allowMarked: true, allowUnknown: true }),
    parameter('base', NUMBER, { allowMarked: true, allowUnknown: true }),
  ],
  returnType: ([number]) => {
    const type = typeOf(number!);
    if (type.kind !== 'string') {
      throw new FunctionError(`first argument must be a string, not ${friendlyName(type)}`, 0);
    }
    return NUMBER;
  },
  notNull: true,
  call: ([number, base]) => {
    const marks = union(marksOf(number!), marksOf(base!));
    const given = unmark(number!);
    const wanted = unmark(base!);
    if (isUnknown(given) || isUnknown(wanted)) return withMarks(unknown(NUMBER), marks);
    const digits = given as string;
    const radix = toInt(wanted, 1);
    if (radix < 2 || radix > 62) {
      throw new FunctionError('base must be a whole number between 2 and 62 inclusive', 1);
    }
    const parsed = parse(digits, radix);
    if (parsed === undefined) {
      const shown = redacted(digits, marksOf(number!));
      throw new FunctionError(
        `cannot parse ${shown} as a base ${redacted(radix, marksOf(base!))} integer`,
        0,
      );
    }
    return withMarks(fromBigInt(parsed), marks);
  },
};

/** Digits 0-9, a-z (either case up to base 36), then A-Z. O(length²). */
function parse(source: string, radix: number): bigint | undefined {
  const match = /^([+-]?)([0-9A-Za-z]+)$/.exec(source);
  if (match === null) return undefined;
  let value = 0n;
  const base = BigInt(radix);
  for (const character of match[2] as string) {
    const digit = digitOf(character, radix);
    if (digit >= radix) return undefined;
    value = value * base + BigInt(digit);
  }
  return match[1] === '-' ? -value : value;
}

function digitOf(character: string, radix: number): number {
  const code = character.charCodeAt(0);
  if (code <= 57) return code - 48;
  if (code >= 97) return code - 87;
  return radix <= 36 ? code - 55 : code - 29;
}
