import { describe, expect, it } from '@jest/globals';
import { standardFunctions } from '../functions/index.js';
import { nodeFunctions } from '../host/index.js';
import { NUMBER } from '../values/type.js';
import { decodeValue, encodeValue, evalCase, decodeRefinement, encodeRefinement } from './index.js';

describe('cases of eval --batch', () => {
  it('are answered with type, value, diagnostics and references', () => {
    const variables = {
      x: { type: 'number', value: 2 },
      o: { type: ['object', { a: ['list', 'string'] }], value: { a: ['p'] } },
    };
    expect(evalCase({ id: 7, expr: 'x + 0.5', variables }, new Map())).toEqual({
      id: 7,
      error: false,
      type: 'number',
      value: 2.5,
      diags: [],
      refs: [['x']],
    });
    expect(evalCase({ expr: 'o.a[0] + y', variables }, new Map())).toMatchObject({
      error: true,
      diags: [
        { summary: 'Invalid operand', subject: [1, 1, 0, 1, 7, 6] },
        { summary: 'Unknown variable', subject: [1, 10, 9, 1, 11, 10] },
      ],
      refs: [['o', { attr: 'a' }, { index: { type: 'number', value: 0 } }], ['y']],
    });
    expect(evalCase({ expr: 'n=${x}', kind: 'template', variables }, new Map())).toMatchObject({
      value: 'n=2',
    });
    expect(evalCase({ expr: '1 +' }, new Map())).toMatchObject({ error: true, value: null });
    expect(evalCase({ expr: 'x', variables: { x: { type: 'oops', value: 1 } } }, new Map())).toMatchObject({
      error: true,
      diags: [{ summary: 'Invalid variable' }],
    });
  });

  it('are refused where their kind is neither of the two', () => {
    const answer = evalCase({ id: 4, expr: '1', kind: 'templte' as 'template' }, new Map());
    expect(answer).toMatchObject({ id: 4, error: true, diags: [{ summary: 'Invalid kind' }] });
  });

  it('are answered one by one, though the engine be at fault in one', () => {
    const call = (): never => {
      throw new TypeError('oops');
    };
    const functions = new Map([['f', { name: 'f', description: '', params: [], returnType: NUMBER, call }]]);
    expect(evalCase({ id: 4, expr: 'f()' }, functions)).toMatchObject({
      id: 4,
      error: true,
      diags: [{ summary: 'Internal fault', detail: 'This is a fault of cios itself: oops.' }],
    });
  });

  it('carry every kind of value there and back', () => {
    for (const encoded of [
      { type: 'number', value: { $num: '1234567890123456789012345678901' } },
      { type: 'number', value: 0.1 },
      { type: ['set', 'string'], value: ['a', 'b'] },
      { type: ['map', 'dynamic'], value: {} },
      { type: 'string', value: { $unknown: 'string', refinements: 'RefineNotNull()' }, hasUnknown: true },
      { type: 'string', value: { $marks: ['Sensitive'], type: 'string', value: 's' }, hasMarks: true },
      { type: ['tuple', ['dynamic', ['list', 'bool']]], value: [null, [true]] },
    ])
      expect(encodeValue(decodeValue(encoded))).toEqual(encoded);
  });

  it('write the decimal that the reference writes, which of a power of two is not that of the double', () => {
    const answer = (expr: string) => evalCase({ expr }, standardFunctions(nodeFunctions)).value;
    expect(answer('pow(2, 64)')).toBe(18446744073709550000);
    expect(answer('pow(2, 53)')).toBe(9007199254740992);
    expect(answer('1 / 4')).toBe(0.25);
    expect(answer('1 / 0')).toEqual({ $num: '+Inf' });
  });

  it('tell the key of a reference as it is written', () => {
    const refs = (expr: string) => evalCase({ expr }, new Map()).refs;
    expect(refs('a[null]')).toEqual([['a', { index: { type: 'dynamic', value: null } }]]);
    expect(refs('a["b"][0]')).toEqual([
      ['a', { index: { type: 'string', value: 'b' } }, { index: { type: 'number', value: 0 } }],
    ]);
  });

  it('write refinements as cty does', () => {
    for (const text of [
      'Refine().NotNull().StringPrefixFull("a\\"b").NewValue()',
      'Refine().NumberLowerBound(cty.NumberIntVal(1), false).NumberUpperBound(cty.NumberFloatVal(2.5), true).NewValue()',
      'Refine().CollectionLengthLowerBound(1).CollectionLengthUpperBound(4).NewValue()',
    ])
      expect(encodeRefinement(decodeRefinement(text))).toBe(text);
  });
});
