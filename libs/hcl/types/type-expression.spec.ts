import { describe, expect, it } from '@jest/globals';
import {
  fromJs,
  parseExpression,
  parseType,
  parseTypeConstraint,
  toJson,
  typeExpression,
  typeToJson,
} from '../index.js';

const read = (text: string) => parseTypeConstraint(parseExpression(text, 'x').expression);
const fault = (text: string) => read(text).diagnostics[0]?.detail;

describe('type constraints', () => {
  it('are written as expressions', () => {
    for (const text of [
      'string',
      'list(any)',
      'map(set(number))',
      'tuple([string,bool])',
      'object({a=string,b=optional(list(string))})',
    ])
      expect(typeExpression(read(text).type)).toBe(text);
    expect(typeToJson(parseType(parseExpression('list(string)', 'x').expression).type)).toEqual([
      'list',
      'string',
    ]);
  });

  it('say what is wrong with them', () => {
    expect(fault('list')).toBe(
      'The list type constructor requires one argument specifying the element type.',
    );
    expect(fault('strin')).toBe('The keyword "strin" is not a valid type specification.');
    expect(fault('string(1)')).toBe('Primitive type keyword "string" does not expect arguments.');
    expect(fault('object({ a = string, a = number })')).toBe('Object constructor map keys must be unique.');
    expect(fault('optional(string)')).toBe(
      'Keyword "optional" is valid only as a modifier for object type attributes.',
    );
    expect(fault('object({ a = optional(number, "x") })')).toBe(
      "This default value is not compatible with the attribute's type constraint: a number is required.",
    );
    expect(parseType(parseExpression('any', 'x').expression).diagnostics).toHaveLength(1);
  });

  it('fill in defaults at any depth', () => {
    const { defaults } = read(
      'list(object({ a = optional(string, "x"), b = optional(object({ c = optional(number, 1) }), {}) }))',
    );
    expect(toJson(defaults!.apply(fromJs([{}, { a: null, b: { c: 2 } }])))).toEqual([
      { a: 'x', b: { c: 1 } },
      { a: 'x', b: { c: 2 } },
    ]);
  });
});
