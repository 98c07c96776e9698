import { convert, hasConversion } from '../../values/convert.js';
import { marksWithin, SENSITIVE, unmarkDeep } from '../../values/marks.js';
import { mismatch } from '../../values/mismatch.js';
import {
  BOOL,
  DYNAMIC,
  equalTypes,
  friendlyName,
  listOf,
  mapOf,
  NUMBER,
  setOf,
  STRING,
  type Type,
} from '../../values/type.js';
import { isNull, typeOf, type Value } from '../../values/value.js';
import { EPHEMERAL, parameter } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { quote } from '../quote.js';

function converter(name: string, wanted: Type): StrictFunction {
  const wantedName = friendlyName(wanted, 'constraint');
  return {
    name,
    description: `The value converted to ${wantedName}.`,
    params: [parameter('v', DYNAMIC, { allowNull: true, allowMarked: true, allowDynamic: true })],
    returnType: ([value]) => {
      const given = typeOf(value!);
      if (equalTypes(given, wanted) || hasConversion(given, wanted, true)) return wanted;
      if (given.kind === wanted.kind && (given.kind === 'tuple' || given.kind === 'object')) {
        throw new FunctionError(
          `incompatible ${given.kind} type for conversion: ${mismatch(given, wanted)}`,
          0,
        );
      }
      throw new FunctionError(`cannot convert ${friendlyName(given)} to ${wantedName}`, 0);
    },
    call: ([value], type) => {
      try {
        return convert(value!, type);
      } catch {
        throw new FunctionError(`cannot convert ${inconvertible(value!, wanted)}`, 0);
      }
    },
  };
}

/** What cannot be converted to what, without showing what may not be shown. */
function inconvertible(value: Value, wanted: Type): string {
  const marks = marksWithin(value);
  const [bare] = unmarkDeep(value);
  const given = typeOf(bare);
  const to = friendlyName(wanted, 'constraint');
  if (marks.has(EPHEMERAL)) return `this ephemeral ${friendlyName(given)} to ${to}`;
  if (marks.has(SENSITIVE)) return `this sensitive ${friendlyName(given)} to ${to}`;
  const shown = given.kind === 'string' && !isNull(bare) ? quote(bare as string) : friendlyName(given);
  if (given.kind === 'string' && wanted.kind === 'bool') {
    return `${shown} to bool; only the strings "true" or "false" are allowed`;
  }
  if (given.kind === 'string' && wanted.kind === 'number') {
    return `${shown} to number; given string must be a decimal representation of a number`;
  }
  return `${friendlyName(given)} to ${to}`;
}

export const conversionFunctions: readonly StrictFunction[] = [
  converter('tostring', STRING),
  converter('tonumber', NUMBER),
  converter('tobool', BOOL),
  converter('toset', setOf(DYNAMIC)),
  converter('tolist', listOf(DYNAMIC)),
  converter('tomap', mapOf(DYNAMIC)),
];
