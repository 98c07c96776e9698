import { lengthBounds, refine } from '../../values/refinement.js';
import { compareText, listOf, NUMBER, STRING } from '../../values/type.js';
import { isNull, isWhollyKnown, type ListValue, makeList, unknown } from '../../values/value.js';
import { parameter, refuseTooLong, text, toInt } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';

const strings = listOf(STRING);

const join: StrictFunction = {
  name: 'join',
  description: 'The elements of the given lists of strings in one string, with a separator between them.',
  params: [parameter('separator', STRING)],
  varParam: parameter('lists', strings),
  returnType: STRING,
  notNull: true,
  call: ([separator, ...lists]) => {
    if (lists.length === 0) throw new FunctionError('at least one list is required');
    if (!lists.every(isWhollyKnown)) return unknown(STRING);
    const parts: string[] = [];
    lists.forEach((list, l) => {
      (list as ListValue).items.forEach((item, i) => {
        if (isNull(item)) {
          const where = lists.length > 1 ? `element ${i} of list ${l + 1}` : `element ${i}`;
          throw new FunctionError(`${where} is null; cannot concatenate null values`, l + 1);
        }
        parts.push(item as string);
      });
    });
    const between = (separator as string).length * Math.max(parts.length - 1, 0);
    refuseTooLong(parts.reduce((length, part) => length + part.length, between));
    return text(parts.join(separator as string));
  },
};

const split: StrictFunction = {
  name: 'split',
  description: 'The parts of a string between the places where a separator stands.',
  params: [parameter('separator', STRING), parameter('str', STRING)],
  returnType: strings,
  notNull: true,
  call: ([separator, str]) => {
    const parts = separator === '' ? Array.from(str as string) : (str as string).split(separator as string);
    return makeList(STRING, parts.map(text));
  },
};

const sort: StrictFunction = {
  name: 'sort',
  description: 'The strings of a list in the order of their Unicode code points.',
  params: [parameter('list', strings, { allowUnknown: true })],
  returnType: strings,
  notNull: true,
  call: ([list]) => {
    if (!isWhollyKnown(list!)) {
      const [minLength, maxLength] = lengthBounds(list!);
      return refine(unknown(strings), { notNull: true, minLength, maxLength });
    }
    const { items } = list as ListValue;
    items.forEach((item, i) => {
      if (isNull(item)) {
        throw new FunctionError(`given list element ${i} is null; a null string cannot be sorted`);
      }
    });
    return makeList(STRING, [...(items as string[])].sort(compareText));
  },
};

const indent: StrictFunction = {
  name: 'indent',
  description: 'Puts a number of spaces at the start of each line but the first.',
  params: [parameter('spaces', NUMBER), parameter('str', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([spaces, str]) => {
    const count = toInt(spaces!);
    if (count < 0 || count > 65536) {
      throw new FunctionError('the number of spaces must be between 0 and 65536', 0);
    }
    const source = str as string;
    refuseTooLong(source.length + count * (source.split('\n').length - 1));
    return source.replaceAll('\n', `\n${' '.repeat(count)}`);
  },
};

export const joinFunctions: readonly StrictFunction[] = [join, split, sort, indent];
