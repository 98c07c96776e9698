import { nfc } from '../../values/text.js';
import { DYNAMIC, listOf, objectOf, STRING, tupleOf, type Type } from '../../values/type.js';
import {
  makeList,
  makeObject,
  NullValue,
  TupleValue,
  UNKNOWN,
  UnknownValue,
  type Value,
} from '../../values/value.js';
import { parameter, refuseTooLong, text } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { type Match, Pattern, PatternError } from './re2.js';

const params = [parameter('pattern', STRING), parameter('string', STRING)];

const regex: StrictFunction = {
  name: 'regex',
  description:
    'The first match of a regular expression (RE2): a string, or its groups as a tuple or an object.',
  params,
  returnType: ([pattern]) => (pattern instanceof UnknownValue ? DYNAMIC : resultType(pattern as string)),
  notNull: true,
  call: ([pattern, source], type) => {
    if (type.kind === 'dynamic') return UNKNOWN;
    const compiled = Pattern.compile(pattern as string);
    const match = compiled.first(source as string);
    if (match === undefined) throw new FunctionError('pattern did not match any part of the given string');
    return result(compiled, source as string, match);
  },
};

const regexall: StrictFunction = {
  name: 'regexall',
  description: 'All matches of a regular expression (RE2) in a string, each like a result of regex.',
  params,
  returnType: ([pattern]) =>
    listOf(pattern instanceof UnknownValue ? DYNAMIC : resultType(pattern as string)),
  notNull: true,
  call: ([pattern, source]) => {
    const compiled = Pattern.compile(pattern as string);
    const matches = Array.from(compiled.all(source as string), (match) =>
      result(compiled, source as string, match),
    );
    return makeList(resultType(pattern as string), matches);
  },
};

const replace: StrictFunction = {
  name: 'replace',
  description: 'Replaces every occurrence of a string, or of a regular expression between slashes.',
  params: [parameter('str', STRING), parameter('substr', STRING), parameter('replace', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([str, substr, replacement]) => {
    const [source, what, by] = [str as string, substr as string, replacement as string];
    if (what.length > 1 && what.startsWith('/') && what.endsWith('/')) {
      try {
        return text(Pattern.compile(what.slice(1, -1)).replaceAll(source, by));
      } catch (error) {
        if (error instanceof PatternError) throw new FunctionError(error.message);
        throw error;
      }
    }
    if (what === '') refuseTooLong((source.length + 1) * by.length);
    if (what === '') return text(by + Array.from(source, (character) => character + by).join(''));
    const parts = source.split(what);
    refuseTooLong(source.length + (parts.length - 1) * (by.length - what.length));
    return text(parts.join(by));
  },
};

function resultType(pattern: string): Type {
  let names: readonly string[];
  try {
    ({ names } = Pattern.compile(pattern));
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new FunctionError(`invalid regexp pattern: ${error.code} in ${error.expression}`, 0);
  }
  if (names.length === 0) return STRING;
  const unnamed = names.filter((name) => name === '').length;
  if (unnamed === names.length) return tupleOf(names.map(() => STRING));
  if (unnamed > 0) {
    throw new FunctionError('invalid regexp pattern: cannot mix both named and unnamed capture groups', 0);
  }
  return objectOf(names.map((name) => [nfc(name), STRING] as const));
}

function result(pattern: Pattern, source: string, match: Match): Value {
  const { names } = pattern;
  if (names.length === 0) return text(source.slice(match[0], match[1]));
  const groups = names.map((_, i): Value => {
    const start = match[2 * i + 2] as number;
    return start < 0 ? new NullValue(STRING) : text(source.slice(start, match[2 * i + 3]));
  });
  if (names[0] === '') return new TupleValue(groups);
  return makeObject(names.map((name, i) => [nfc(name), groups[i] as Value] as const));
}

export const regexFunctions: readonly StrictFunction[] = [regex, regexall, replace];
