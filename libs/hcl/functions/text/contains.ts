import { BOOL, STRING } from '../../values/type.js';
import { unknown, UnknownValue } from '../../values/value.js';
import { parameter } from '../argument.js';
import { type StrictFunction } from '../function.js';
import { utf8Length } from '../utf8.js';

const startswith: StrictFunction = {
  name: 'startswith',
  description: 'Whether a string starts with the given prefix.',
  params: [parameter('str', STRING, { allowUnknown: true }), parameter('prefix', STRING)],
  returnType: BOOL,
  notNull: true,
  call: ([str, prefix]) => {
    const wanted = prefix as string;
    if (!(str instanceof UnknownValue)) return (str as string).startsWith(wanted);
    if (wanted === '') return true;
    const known = str.refinement?.prefix ?? '';
    if (known.startsWith(wanted)) return true;
    return known !== '' && utf8Length(known) >= utf8Length(wanted) ? false : unknown(BOOL);
  },
};

const endswith: StrictFunction = {
  name: 'endswith',
  description: 'Whether a string ends with the given suffix.',
  params: [parameter('str', STRING), parameter('suffix', STRING)],
  returnType: BOOL,
  notNull: true,
  call: ([str, suffix]) => (str as string).endsWith(suffix as string),
};

const strcontains: StrictFunction = {
  name: 'strcontains',
  description: 'Whether one string occurs within another.',
  params: [parameter('str', STRING), parameter('substr', STRING)],
  returnType: BOOL,
  call: ([str, substr]) => (str as string).includes(substr as string),
};

export const containsFunctions: readonly StrictFunction[] = [startswith, endswith, strcontains];
