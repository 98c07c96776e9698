import { describe, expect, it } from '@jest/globals';
import { evaluate, evaluateAll } from '../testing/evaluate.js';

const known = (cases: Readonly<Record<string, unknown>>): void => expect(evaluateAll(cases)).toEqual(cases);

describe('conversions', () => {
  it('to named types', () => {
    known({
      'tostring(1.50)': '1.5',
      'tostring(true)': 'true',
      'tonumber("12.50")': 12.5,
      'tonumber(null)': null,
      'tobool("true")': true,
      'tolist([1, "a"])': ['1', 'a'],
      'toset([1, "1", 2])': ['1', '2'],
      'tomap({ a = 1, b = "x" })': { a: '1', b: 'x' },
      'tobool("yes")':
        'error: Invalid value for "v" parameter: cannot convert "yes" to bool; only the strings "true" or "false" are allowed.',
      'tonumber("x")':
        'error: Invalid value for "v" parameter: cannot convert "x" to number; given string must be a decimal representation of a number.',
      'tonumber(secret)':
        'error: Invalid value for "v" parameter: cannot convert this sensitive string to number.',
      'tomap(["a"])':
        'error: Invalid value for "v" parameter: cannot convert tuple to map of any single type.',
      'tostring([])': 'error: Invalid value for "v" parameter: cannot convert tuple to string.',
    });
    expect(evaluate('tonumber(unknown_string)')).toEqual({ $unknown: 'number' });
    expect(evaluate('tostring(sensitive(1))')).toMatchObject({ $marks: ['Sensitive'], value: '1' });
  });

  it('try what may fail', () => {
    known({
      'try(tonumber("x"), 5)': 5,
      'try({ a = 1 }.b, "none")': 'none',
      'can(tonumber("x"))': false,
      'can(tonumber("1"))': true,
    });
    expect(evaluate('try(tonumber("x"))')).toMatch(/no expression succeeded/);
    expect(evaluate('can(unknown_any.x)')).toEqual({ $unknown: 'bool' });
  });
});

describe('marks', () => {
  it('are put on, taken off and asked for', () => {
    expect(evaluate('sensitive("x")')).toEqual({ $marks: ['Sensitive'], type: 'string', value: 'x' });
    known({
      'nonsensitive(secret)': 's3cret',
      'issensitive(secret)': true,
      'issensitive("x")': false,
      'issensitive({ a = secret })': false,
      'ephemeralasnull("x")': 'x',
    });
    expect(evaluate('issensitive(unknown_string)')).toMatchObject({ $unknown: 'bool' });
    expect(evaluate('ephemeralasnull([secret])')).toMatchObject([{ $marks: ['Sensitive'] }]);
  });
});

describe('assumptions', () => {
  it('narrow what is unknown', () => {
    const refined = (source: string): unknown => (evaluate(source) as { refinements?: string }).refinements;
    expect(refined('assumenotnull(unknown_string)')).toBe('RefineNotNull()');
    expect(refined('assumestringprefix(unknown_string, "id-")')).toBe(
      'Refine().StringPrefixFull("id-").NewValue()',
    );
    expect(refined('assumelistlength(unknown_list, 1, 3)')).toBe(
      'Refine().CollectionLengthLowerBound(1).CollectionLengthUpperBound(3).NewValue()',
    );
    expect(refined('assumemaplengthmax(unknown_map, 3)')).toBe(
      'Refine().CollectionLengthUpperBound(3).NewValue()',
    );
    expect(evaluate('assumeequal(unknown_string, "x")')).toBe('x');
  });

  it('are checked against what is known', () => {
    known({
      'assumeequal("1", 1)': 1,
      'assumelistlengthmin([1, 2], 2)': [1, 2],
      'assumesetlengthmax(["a"], 1)': ['a'],
      'assumesetlength(["a"], 1, 1)': ['a'],
      'assumesetlengthmin(["a"], 1)': ['a'],
      'assumelistlengthmax([1], 1)': [1],
      'assumemaplength({ a = 1 }, 1, 1)': { a: 1 },
      'assumemaplengthmin({ a = 1 }, 0)': { a: 1 },
      'assumestringprefix("id-1", "id-")': 'id-1',
      'assumestringprefix("x", "id-")':
        'error: Invalid value for "value" parameter: assumption was not upheld.',
      'assumestringprefix("i", "id-")': 'i',
      'assumelistlengthmin([1], 9007199254740993)':
        'error: Invalid value for "value" parameter: assumption was not upheld.',
      'assumelistlengthmin([1], 2)': 'error: Invalid value for "value" parameter: assumption was not upheld.',
      'assumenotnull(tostring(null))':
        'error: Invalid value for "value" parameter: assumption was not upheld.',
      'assumeequal("a", "b")':
        'error: Invalid value for "actual_value" parameter: the actual value does not match the assumed value.',
      'assumelistlengthmin([1], 0.5)':
        'error: Invalid value for "value" parameter: must be a whole number between 0 and 9223372036854775807.',
    });
  });
});
