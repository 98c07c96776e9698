import { expect, it } from '@jest/globals';
import { evaluate } from '../testing/evaluate.js';

it('templatestring renders a string with the given variables only', () => {
  expect(evaluate('templatestring("Hi $${name}!", { name = "Ada" })')).toBe('Hi Ada!');
  expect(evaluate('templatestring("$${n}", { n = [1] })')).toEqual([1]);
  expect(evaluate('templatestring("%%{ for x in l }$${x};%%{ endfor }", { l = ["a", "b"] })')).toBe('a;b;');
  expect(evaluate('templatestring("$${upper(a)}", { a = "x" })')).toBe('X');
  expect(evaluate('templatestring("$${templatestring(a, { b = 1 })}", { a = "$${b}" })')).toBe(1);
});

it('templatestring says what is wrong', () => {
  expect(evaluate('templatestring("$${missing}", {})')).toBe(
    'error: Invalid value for "vars" parameter: vars map does not contain key "missing".',
  );
  expect(evaluate('templatestring("x", ["a"])')).toMatch(/invalid vars value: must be a map/);
  expect(evaluate('templatestring("x", { "a b" = 1 })')).toMatch(/invalid template variable name "a b"/);
  expect(evaluate('templatestring("$${a.b}", { a = 1 })')).toMatch(/Unsupported attribute/);
});

it('templatestring passes on what is sensitive or not known yet', () => {
  expect(evaluate('templatestring("$${a}", { a = secret })')).toMatchObject({
    $marks: ['Sensitive'],
    value: 's3cret',
  });
  expect(evaluate('templatestring(secret, {})')).toMatchObject({ $marks: ['Sensitive'] });
  expect(evaluate('templatestring(unknown_string, {})')).toEqual({ $unknown: 'dynamic' });
  expect(evaluate('templatestring("$${a}-x", { a = unknown_string })')).toMatchObject({ $unknown: 'string' });
});
