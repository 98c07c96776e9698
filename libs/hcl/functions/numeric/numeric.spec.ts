import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluate, evaluateAll } from '../testing/evaluate.js';
import { log, pow } from './elementary.js';

describe('numeric functions', () => {
  it('round, compare and sign numbers', () => {
    const cases = {
      'ceil(1.2)': 2,
      'ceil(-1.2)': -1,
      'floor(1.8)': 1,
      'floor(-1.2)': -2,
      'floor(1e30)': 1e30,
      'ceil(1/0)': { $num: '+Inf' },
      'abs(-2.5)': 2.5,
      'abs(3)': 3,
      'signum(-7)': -1,
      'signum(0)': 0,
      'signum(12)': 1,
      'min(3, 1.5, 2)': 1.5,
      'max(3, 1.5, "4")': 4,
      'max([1, 5]...)': 5,
      'sum([0.1, 0.2]) == 0.3': true,
      'sum([1, "2.5"])': 3.5,
      'pow(2, 10)': 1024,
      'pow(2, 0.5)': 1.4142135623730951,
      'pow(2, -1)': 0.5,
      'log(8, 2)': 3,
      'log(100, 10)': 2,
      'log(0, 2)': { $num: '-Inf' },
      'parseint("ff", 16)': 255,
      'parseint("-Zz", 62)': -(61 * 62 + 35),
      'parseint("123456789012345678901234567890", 10)': { $num: '123456789012345678901234567890' },
      'tostring(pow(2, 100))': '1267650600228229400000000000000',
    };
    expect(evaluateAll(cases)).toEqual(cases);
  });

  it('say what they cannot compute', () => {
    const cases = {
      'min()': 'error: Call to function "min" failed: must pass at least one number.',
      'signum(1.5)':
        'error: Call to function "signum" failed: value must be a whole number, between -9223372036854775808 and 9223372036854775807.',
      'parseint("12", 99)':
        'error: Invalid value for "base" parameter: base must be a whole number between 2 and 62 inclusive.',
      'parseint("xyz", 10)':
        'error: Invalid value for "number" parameter: cannot parse "xyz" as a base 10 integer.',
      'parseint(12, 10)':
        'error: Invalid value for "number" parameter: first argument must be a string, not number.',
      'log(-1, 2)': 'error: Call to function "log" failed: the result of log is not a real number.',
      'sum([])': 'error: Invalid value for "list" parameter: cannot sum an empty list.',
      'sum([1/0, -1/0])': 'error: Call to function "sum" failed: can\'t compute sum of opposing infinities.',
    };
    expect(evaluateAll(cases)).toEqual(cases);
    expect(evaluate('pow(1e400, 2)')).toMatch(/value must be between -1797693134862315708/);
  });

  it('keep marks, and pass what is unknown on', () => {
    expect(evaluate('abs(sensitive(-1))')).toMatchObject({ $marks: ['Sensitive'], value: 1 });
    expect(evaluate('abs(unknown_number)')).toEqual({ $unknown: 'number', refinements: 'RefineNotNull()' });
    expect(evaluate('max(1, unknown_number)')).toMatchObject({ $unknown: 'number' });
  });
});

describe('logarithm and power', () => {
  it('differ from those of the engine in the last places only', () => {
    const positive = fc.double({ noNaN: true, min: 1e-100, max: 1e100 });
    fc.assert(
      fc.property(positive, fc.double({ noNaN: true, min: -3, max: 3 }), (x, y) => {
        expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(Math.abs(Math.log(x)) * 2 ** -51);
        expect(Math.abs(pow(x, y) - x ** y)).toBeLessThanOrEqual(x ** y * 2 ** -43);
      }),
    );
  });

  it('follow IEEE 754 at the edges', () => {
    expect([pow(0, -1), pow(-8, 3), pow(-1, Infinity), pow(5, 0), pow(2, 1024), pow(2, -1080)]).toEqual([
      Infinity,
      -512,
      1,
      1,
      Infinity,
      0,
    ]);
    expect(pow(2, -1074)).toBe(Number.MIN_VALUE);
    expect(pow(-8, 0.5)).toBeNaN();
    expect(log(0)).toBe(-Infinity);
    expect(log(-1)).toBeNaN();
    expect(log(5e-324)).toBe(-744.4400719213812);
  });
});
