import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseNumber } from '../number/index.js';
import { convert, ConversionError } from './convert.js';
import { equal, identical, UNKNOWN_BOOL } from './equality.js';
import { fromJs, toJson } from './json.js';
import { unmarkDeep, withMarks } from './marks.js';
import { mismatch } from './mismatch.js';
import { quote } from './quote.js';
import { refine } from './refinement.js';
import { makeSet } from './set.js';
import {
  BOOL,
  compareText,
  DYNAMIC,
  equalTypes,
  listOf,
  mapOf,
  NUMBER,
  objectOf,
  setOf,
  STRING,
  tupleOf,
  typeExpression,
  typeFromJson,
  typeToJson,
} from './type.js';
import { unify } from './unify.js';
import {
  isWhollyKnown,
  makeList,
  makeMap,
  makeObject,
  NULL,
  NullValue,
  type SetValue,
  summaryOf,
  TupleValue,
  typeOf,
  unknown,
  UNKNOWN,
  type ObjectValue,
} from './value.js';

const json = fc
  .jsonValue({ noUnicodeString: false, maxDepth: 4 })
  .filter((v) => !JSON.stringify(v).includes('__proto__'));

describe('values from and to JavaScript', () => {
  it('come back as they were, in normal form', () => {
    fc.assert(
      fc.property(json, (data) => {
        const value = fromJs(data);
        expect(identical(fromJs(toJson(value)), value)).toBe(true);
        expect(isWhollyKnown(value)).toBe(true);
      }),
    );
  });

  it('share the shape of objects that are made alike, and with it their type', () => {
    const { items } = fromJs(
      Array.from({ length: 500 }, (_, i) => ({ name: `r${i}`, state: 'none', n: i })),
    ) as TupleValue;
    const [first, second] = items as ObjectValue[];
    expect(first!.shape).toBe(second!.shape);
    expect(typeOf(first!)).toBe(typeOf(second!));
    expect(first!.shape.names).toEqual(['n', 'name', 'state']);
  });

  it('leave out what is undefined and keep dangerous names', () => {
    expect(toJson(fromJs({ a: undefined, b: null, c: 2n ** 70n }))).toEqual({ b: null, c: 2 ** 70 });
    const value = makeObject([['__proto__', 'x']]);
    expect(Object.keys(toJson(value) as object)).toEqual(['__proto__']);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('are given to a visitor where JSON has no word for them', () => {
    const value = makeObject({ u: unknown(STRING), m: withMarks('s', new Set(['Sensitive'])) });
    expect(toJson(value, { unknown: () => '?', marked: () => '*' })).toEqual({ u: '?', m: '*' });
  });
});

describe('order and sets', () => {
  it('go by code points', () => {
    expect(['\u{1f600}', '\uffee', 'a', 'B'].sort(compareText)).toEqual(['B', 'a', '\uffee', '\u{1f600}']);
  });

  it('keep equal items once, in order, and move marks to the set', () => {
    expect((makeSet(NUMBER, [3, 1, 3, parseNumber('0.5')!]) as SetValue).items.length).toBe(3);
    expect((makeSet(STRING, ['b', 'a', 'b']) as SetValue).items).toEqual(['a', 'b']);
    expect(unmarkDeep(makeSet(STRING, [withMarks('a', new Set(['m'])), 'b']))[1]).toEqual(new Set(['m']));
    expect(
      (makeSet(STRING, [unknown(STRING), 'a', unknown(STRING), new NullValue(STRING)]) as SetValue).items
        .length,
    ).toBe(4);
  });

  it('put items that are partly unknown beside their like', () => {
    const pair = (name: string) => new TupleValue([name, unknown(STRING)]);
    const type = tupleOf([STRING, STRING]);
    const set = makeSet(type, [pair('b'), pair('a'), pair('b'), pair('a')]) as SetValue;
    expect(set.items.map((item) => (item as TupleValue).items[0])).toEqual(['a', 'a', 'b', 'b']);
  });

  it('tell numbers apart that differ late', () => {
    const near = [parseNumber('1.00000000000000000001')!, 1];
    expect((makeSet(NUMBER, near) as SetValue).items.length).toBe(2);
  });
});

describe('types', () => {
  const type = objectOf(
    { a: listOf(STRING), b: tupleOf([NUMBER, DYNAMIC]), c: mapOf(setOf(BOOL)) },
    new Set(['b']),
  );

  it('have a JSON form and a written one', () => {
    expect(equalTypes(typeFromJson(typeToJson(type)), type)).toBe(true);
    expect(typeExpression(type)).toBe(
      'object({a=list(string),b=optional(tuple([number,any])),c=map(set(bool))})',
    );
    expect(() => typeFromJson('nonsense')).toThrow(TypeError);
  });

  it('unify as the results of a conditional do', () => {
    expect(unify([STRING, NUMBER], true)).toBe(STRING);
    expect(unify([NUMBER, BOOL], true)).toBeUndefined();
    expect(typeToJson(unify([tupleOf([NUMBER]), listOf(STRING)], true)!)).toEqual(['list', 'string']);
    expect(typeToJson(unify([objectOf({ a: NUMBER }), objectOf({ b: STRING })], true)!)).toEqual([
      'map',
      'string',
    ]);
    expect(unify([objectOf({}), tupleOf([])], true)).toBeUndefined();
  });
});

describe('conversion', () => {
  it('keeps objects apart whose names differ only in being empty, or in where a NUL stands', () => {
    const value = fromJs([{}, { '': {} }, { 'a\0b': 1, c: 2 }, { a: 1, 'b\0c': 2 }]);
    expect(toJson(value)).toEqual([{}, { '': {} }, { 'a\0b': 1, c: 2 }, { a: 1, 'b\0c': 2 }]);
    expect(convert(value, typeOf(value))).toBe(value);
  });

  it('is the identity for a value of the type, and stays within the type', () => {
    fc.assert(
      fc.property(json, (data) => {
        const value = fromJs(data);
        expect(convert(value, typeOf(value))).toBe(value);
      }),
    );
  });

  it('takes optional attributes as null', () => {
    const wanted = objectOf({ a: STRING, b: NUMBER }, new Set(['b']));
    expect(toJson(convert(fromJs({ a: 1, extra: true }), wanted))).toEqual({ a: '1', b: null });
  });

  it('says why not', () => {
    expect(() => convert('x', NUMBER)).toThrow(new ConversionError('a number is required'));
    expect(() => convert('True', BOOL)).toThrow(
      'a bool is required; to convert from string, use lowercase "true"',
    );
    expect(mismatch(objectOf({}), objectOf({ a: STRING, b: STRING, c: STRING }))).toBe(
      'attributes "a", "b", and "c" are required',
    );
    expect(mismatch(tupleOf([STRING, listOf(STRING)]), listOf(NUMBER))).toBe(
      'element 1: number required, but have list of string',
    );
  });

  it('keeps what is known of unknown values', () => {
    const given = unknown(tupleOf([STRING, STRING]));
    expect(convert(given, listOf(STRING))).toEqual(unknown(listOf(STRING), { minLength: 2, maxLength: 2 }));
  });
});

describe('refinement', () => {
  it('leaves nothing unknown where only one value is left', () => {
    const both = { value: 3, inclusive: true };
    expect(refine(unknown(NUMBER), { notNull: true, lower: both, upper: both })).toBe(3);
    expect(
      typeToJson(typeOf(refine(unknown(listOf(STRING)), { notNull: true, minLength: 0, maxLength: 0 }))),
    ).toEqual(['list', 'string']);
    expect(refine(UNKNOWN, { notNull: true })).toBe(UNKNOWN);
  });

  it('decides equality as far as it can', () => {
    expect(equal(unknown(STRING, { prefix: 'ab' }), 'ac')).toBe(false);
    expect(equal(unknown(STRING, { notNull: true }), NULL)).toBe(false);
    expect(equal(unknown(STRING), 'x')).toBe(UNKNOWN_BOOL);
    expect(equal(unknown(STRING), 1)).toBe(false);
    expect(equal(fromJs([1, { a: 2 }]), fromJs([1, { a: 2 }]))).toBe(true);
  });
});

describe('summary', () => {
  it('says what is anywhere within', () => {
    const value = makeList(DYNAMIC, [makeMap(STRING, [['a', withMarks(unknown(STRING), new Set(['m']))]])]);
    expect(summaryOf(value)).toEqual({
      hasUnknown: true,
      hasMarks: true,
      hasOrigin: false,
      hasLeaf: false,
      weight: 3,
    });
  });
});

describe('quoting', () => {
  it('escapes the mark, what does not print, and nothing else', () => {
    expect(quote('it\'s "é" 👩\\')).toBe('"it\'s \\"é\\" 👩\\\\"');
    expect(quote("it's", "'")).toBe("'it\\'s'");
    expect(quote('\u0007\n\u0001\u007f\u200b\u{e0001}')).toBe('"\\a\\n\\x01\\x7f\\u200b\\U000e0001"');
  });
});
