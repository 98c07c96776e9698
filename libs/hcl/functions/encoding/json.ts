import { refine } from '../../values/refinement.js';
import { DYNAMIC, BOOL, NUMBER, STRING, type Type } from '../../values/type.js';
import { isWhollyKnown, NullValue, typeOf, unknown, UnknownValue } from '../../values/value.js';
import { ANYTHING, parameter, text } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { quoteCharacter } from '../quote.js';
import { rememberLast } from '../remember.js';
import { decodeJson } from './decode-json.js';
import { encodeJson } from './encode-json.js';

const OPENINGS: Readonly<Record<string, string>> = {
  string: '"',
  object: '{',
  map: '{',
  tuple: '[',
  list: '[',
  set: '[',
};

const jsonencode: StrictFunction = {
  name: 'jsonencode',
  description: 'The value as JSON text.',
  params: [parameter('val', DYNAMIC, { ...ANYTHING, allowMarked: false })],
  returnType: STRING,
  notNull: true,
  call: ([value]) => {
    if (isWhollyKnown(value!)) return text(encodeJson(value!));
    if (value instanceof UnknownValue && value.refinement?.notNull !== true) return unknown(STRING);
    const prefix = OPENINGS[typeOf(value!).kind];
    return refine(unknown(STRING), { notNull: true, prefix: prefix ?? '' });
  },
};

const jsondecode: StrictFunction = {
  name: 'jsondecode',
  description: 'The value that a JSON text describes.',
  params: [parameter('str', STRING)],
  returnType: ([source]) =>
    source instanceof UnknownValue ? expected(source) : typeOf(decode(source as string)),
  call: ([source], type) => {
    const value = decode(source as string);
    return value instanceof NullValue ? new NullValue(type) : value;
  },
};

/** What a text of which only the beginning is known can be. */
function expected(source: UnknownValue): Type {
  const [first] = (source.refinement?.prefix ?? '').trimStart();
  if (first === undefined || '{[n'.includes(first)) return DYNAMIC;
  if (first === '"') return STRING;
  if (first === 't' || first === 'f') return BOOL;
  if (/[-0-9.]/.test(first)) return NUMBER;
  throw new FunctionError(`a JSON document cannot begin with the character ${quoteCharacter(first)}`, 0);
}

const decode = rememberLast(decodeJson);

export const jsonFunctions: readonly StrictFunction[] = [jsonencode, jsondecode];
