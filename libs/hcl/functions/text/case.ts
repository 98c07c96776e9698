import { STRING } from '../../values/type.js';
import { parameter, text } from '../argument.js';
import { type StrictFunction } from '../function.js';

// Letters map one by one (Unicode's simple case mappings), as in the reference implementation: no 'SS' for 'ß', no special
// sigma at the end of a word. JavaScript's own functions do the full mappings.

const ASCII = /^[^\u0080-\uffff]*$/;
const DIGRAPHS = /[\u01c4-\u01cc\u01f1-\u01f3]/;

function upper(character: string): string {
  const mapped = character.toUpperCase();
  if (oneCharacter(mapped)) return mapped;
  const code = character.codePointAt(0) as number;
  // Greek letters with iota subscript have a single capital, which the full mapping takes apart.
  if (code >= 0x1f80 && code <= 0x1faf && (code & 8) === 0) return String.fromCodePoint(code + 8);
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9);
  return character;
}

function lower(character: string): string {
  const mapped = character.toLowerCase();
  return oneCharacter(mapped) ? mapped : character === '\u0130' ? 'i' : character;
}

function titleCase(character: string): string {
  const code = character.codePointAt(0) as number;
  if (code >= 0x10d0 && code <= 0x10ff) return character;
  if (!DIGRAPHS.test(character)) return upper(character);
  const first = code >= 0x01f1 ? 0x01f1 : 0x01c4;
  return String.fromCodePoint(first + Math.floor((code - first) / 3) * 3 + 1);
}

const oneCharacter = (s: string): boolean =>
  s.length === 1 || (s.length === 2 && (s.codePointAt(0) as number) > 0xffff);

const each = (source: string, map: (character: string) => string): string => Array.from(source, map).join('');

function titled(source: string): string {
  let previous = ' ';
  return each(source, (character) => {
    const starts = !/[\p{L}\p{Nd}_]/u.test(previous) && (previous < '\u0080' || isSpace(previous));
    previous = character;
    return starts ? titleCase(character) : character;
  });
}

/** Unicode's White_Space, which JavaScript's `\s` misses by two characters. */
export const isSpace = (character: string): boolean => /^[\u0085\p{White_Space}]$/u.test(character);

export const caseFunctions: readonly StrictFunction[] = [
  {
    name: 'upper',
    description: 'The string with all letters in upper case.',
    params: [parameter('str', STRING, { allowDynamic: true })],
    returnType: STRING,
    notNull: true,
    call: ([str]) => {
      const source = str as string;
      return ASCII.test(source) ? source.toUpperCase() : text(each(source, upper));
    },
  },
  {
    name: 'lower',
    description: 'The string with all letters in lower case.',
    params: [parameter('str', STRING, { allowDynamic: true })],
    returnType: STRING,
    notNull: true,
    call: ([str]) => {
      const source = str as string;
      return ASCII.test(source) ? source.toLowerCase() : text(each(source, lower));
    },
  },
  {
    name: 'title',
    description: 'The string with the first letter of each word in upper case.',
    params: [parameter('str', STRING)],
    returnType: STRING,
    notNull: true,
    call: ([str]) => text(titled(str as string)),
  },
];
