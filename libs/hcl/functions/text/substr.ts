import { NUMBER, STRING } from '../../values/type.js';
import { parameter, text, toInt } from '../argument.js';
import { type StrictFunction } from '../function.js';
import { graphemes } from '../graphemes.js';

const substr: StrictFunction = {
  name: 'substr',
  description:
    'A part of a string, from an offset (negative: from the end) and of a length (negative: to the end).',
  params: [
    parameter('str', STRING, { allowDynamic: true }),
    parameter('offset', NUMBER, { allowDynamic: true }),
    parameter('length', NUMBER, { allowDynamic: true }),
  ],
  returnType: STRING,
  notNull: true,
  call: ([str, offset, length]) => {
    const characters = graphemes(str as string);
    const start = toInt(offset!);
    const count = toInt(length!);
    if (start >= 0 && count === 0) return '';
    const from = Math.max(start < 0 ? start + characters.length : start, 0);
    // A length of zero after a negative offset takes the rest: so it is in the reference implementation.
    return text(characters.slice(from, count <= 0 ? undefined : from + count).join(''));
  },
};

const strrev: StrictFunction = {
  name: 'strrev',
  description: 'The characters of a string in reverse order.',
  params: [parameter('str', STRING, { allowDynamic: true })],
  returnType: STRING,
  notNull: true,
  call: ([str]) =>
    text(
      graphemes(str as string)
        .reverse()
        .join(''),
    ),
};

export const substrFunctions: readonly StrictFunction[] = [substr, strrev];
