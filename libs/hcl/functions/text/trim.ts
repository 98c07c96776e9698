import { STRING } from '../../values/type.js';
import { parameter, text } from '../argument.js';
import { type StrictFunction } from '../function.js';
import { isSpace } from './case.js';

const trimming = (
  name: string,
  description: string,
  second: string | undefined,
  trim: (source: string, what: string) => string,
): StrictFunction => ({
  name,
  description,
  params: [parameter('str', STRING), ...(second === undefined ? [] : [parameter(second, STRING)])],
  returnType: STRING,
  notNull: true,
  call: ([str, what]) => text(trim(str as string, (what ?? '') as string)),
});

function trimSet(source: string, set: string): string {
  const members = new Set(set);
  const characters = Array.from(source);
  let start = 0;
  let end = characters.length;
  while (start < end && members.has(characters[start] as string)) start++;
  while (end > start && members.has(characters[end - 1] as string)) end--;
  return characters.slice(start, end).join('');
}

function trimSpace(source: string): string {
  const characters = Array.from(source);
  let start = 0;
  let end = characters.length;
  while (start < end && isSpace(characters[start] as string)) start++;
  while (end > start && isSpace(characters[end - 1] as string)) end--;
  return characters.slice(start, end).join('');
}

export const trimFunctions: readonly StrictFunction[] = [
  trimming('trim', 'Takes the given characters off both ends of a string.', 'cutset', trimSet),
  trimming('trimspace', 'Takes white space off both ends of a string.', undefined, trimSpace),
  trimming('trimprefix', 'Takes a prefix off, where there is one.', 'prefix', (s, prefix) =>
    s.startsWith(prefix) ? s.slice(prefix.length) : s,
  ),
  trimming('trimsuffix', 'Takes a suffix off, where there is one.', 'suffix', (s, suffix) =>
    suffix !== '' && s.endsWith(suffix) ? s.slice(0, -suffix.length) : s,
  ),
  trimming('chomp', 'Takes line ends off the end of a string.', undefined, (s) => {
    let end = s.length;
    while (end > 0 && (s[end - 1] === '\n' || s[end - 1] === '\r')) end--;
    return s.slice(0, end);
  }),
];
