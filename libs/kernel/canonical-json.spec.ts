import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, digestOf } from './index.js';

describe('canonical JSON', () => {
  it('says the same value in the same text, whatever the order of keys', () => {
    expect(canonicalJson({ b: 1, a: [true, null, 'x'] })).toBe('{"a":[true,null,"x"],"b":1}');
    expect(digestOf({ b: 1, a: 2 })).toBe(digestOf({ a: 2, b: 1 }));
  });

  it('sorts keys by UTF-16 code units, few and many', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme' }), { maxLength: 50 }), (keys) => {
        const value = Object.fromEntries(keys.filter((key) => key !== '__proto__').map((key) => [key, 1]));
        const pairs = Object.keys(value).sort();
        expect(canonicalJson(value)).toBe(`{${pairs.map((key) => `${JSON.stringify(key)}:1`).join(',')}}`);
      }),
    );
  });

  it('reads back as the value (any JSON)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown;
        expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
      }),
    );
  });

  it('refuses what JSON cannot say', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError);
    expect(() => canonicalJson(1n)).toThrow(TypeError);
    expect(() => canonicalJson(['\ud83d'])).toThrow('half a surrogate pair');
    expect(canonicalJson('\ud83d\ude00')).toBe('"\ud83d\ude00"');
  });
});
