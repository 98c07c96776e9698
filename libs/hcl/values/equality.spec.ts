import { expect, it } from '@jest/globals';
import { evaluate } from '../functions/testing/evaluate.js';

it('nulls and empty collections without a type of their own are compared as what they are', () => {
  expect(evaluate('[null] == [null]')).toBe(true);
  expect(evaluate('{ a = null } == { a = null }')).toBe(true);
  expect(evaluate('tolist([]) == tolist([])')).toBe(true);
  expect(evaluate('tomap({}) == tomap({ a = 1 })')).toBe(false);
  expect(evaluate('[null] == ["a"]')).toBe(false);
  expect(evaluate('contains([tomap({})], tomap({}))')).toBe(true);
});

it('a comparison has all marks within both sides, of nulls too', () => {
  for (const source of ['[secret] == null', 'null != { a = secret }', '[[secret]] == unknown_any'])
    expect(evaluate(source)).toMatchObject({ $marks: ['Sensitive'] });
});

it('what may still get a type is compared when it has one', () => {
  expect(evaluate('[unknown_any] == [1]')).toMatchObject({ $unknown: 'bool' });
  expect(evaluate('{ a = unknown_any } == { b = 1 }')).toBe(false);
});
