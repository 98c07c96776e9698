import { describe, expect, it } from '@jest/globals';
import { evaluate, evaluateAll } from '../testing/evaluate.js';

const known = (cases: Readonly<Record<string, unknown>>): void => expect(evaluateAll(cases)).toEqual(cases);

describe('sequences', () => {
  it('are put together and taken apart', () => {
    known({
      'concat(["a"], [1, true])': ['a', 1, true],
      'concat(tolist(["a"]), tolist([1]))': ['a', '1'],
      'reverse([1, "b"])': ['b', 1],
      'slice(["a", "b", "c"], 1, 3)': ['b', 'c'],
      'element(["a", "b", "c"], 4)': 'b',
      'element(["a", "b", "c"], -1)': 'c',
      'chunklist([1, 2, 3], 2)': [[1, 2], [3]],
      'chunklist([1, 2, 3], 0)': [[1, 2, 3]],
      'flatten([[1, [2, []]], toset([3]), { a = [4] }])': [1, 2, 3, { a: [4] }],
      'coalescelist([], tolist([]), [1])': [1],
      'compact(["a", "", null, "b"])': ['a', 'b'],
      'distinct(["a", "b", "a"])': ['a', 'b'],
      'distinct([[1], [2], [1]])': [[1], [2]],
      'one(["x"])': 'x',
      'one([])': null,
    });
  });

  it('are searched', () => {
    known({
      'index(["a", "b"], "b")': 1,
      'contains([1, 2], 2)': true,
      'contains(["1"], 1)': false,
      'contains(toset(["a"]), "a")': true,
      'length([1, 2])': 2,
      'length({ a = 1 })': 1,
      'length(toset(["a", "a"]))': 1,
    });
  });

  it('say what is wrong', () => {
    known({
      'concat()': 'error: Call to function "concat" failed: at least one argument is required.',
      'concat(["a"], "b")':
        'error: Invalid value for "seqs" parameter: all arguments must be lists or tuples; got string.',
      'slice([1, 2], 1, 3)':
        'error: Invalid value for "end_index" parameter: end index must not be greater than the length of the list.',
      'slice([1, 2], 2, 1)':
        'error: Invalid value for "start_index" parameter: start index must not be greater than end index.',
      'element([], 0)':
        'error: Call to function "element" failed: cannot use element function with an empty list.',
      'element({}, 0)': 'error: Call to function "element" failed: cannot read elements from object.',
      'chunklist([1], -1)': 'error: Call to function "chunklist" failed: the size argument must be positive.',
      'flatten("x")': 'error: Call to function "flatten" failed: can only flatten lists, sets and tuples.',
      'index(["a"], "x")': 'error: Call to function "index" failed: item not found.',
      'one([1, 2])':
        'error: Invalid value for "list" parameter: must be a list, set, or tuple value with either zero or one elements.',
      'reverse({})':
        'error: Invalid value for "list" parameter: can only reverse list or tuple values, not object.',
      'length(5)':
        'error: Call to function "length" failed: argument must be a string, a collection type, or a structural type.',
      'coalescelist([], [])': 'error: Call to function "coalescelist" failed: no non-null arguments.',
    });
  });

  it('may hold what is not known yet', () => {
    expect(evaluate('length([unknown_string, unknown_any])')).toBe(2);
    expect(evaluate('length(toset([unknown_string, "a"]))')).toEqual({
      $unknown: 'number',
      refinements:
        'Refine().NotNull().NumberLowerBound(cty.NumberIntVal(1), true).NumberUpperBound(cty.NumberIntVal(2), true).NewValue()',
    });
    expect(evaluate('concat(unknown_list, ["a"])')).toMatchObject({ $unknown: 'dynamic' });
    expect(evaluate('flatten([[unknown_string], "a"])')).toEqual([{ $unknown: 'string' }, 'a']);
    expect(evaluate('contains(["a", unknown_string], "a")')).toBe(true);
    expect(evaluate('contains([unknown_string], "a")')).toMatchObject({ $unknown: 'bool' });
    expect(evaluate('index([unknown_string], "a")')).toMatchObject({ $unknown: 'number' });
    expect(evaluate('distinct([unknown_string, "a"])')).toMatchObject({ $unknown: ['list', 'string'] });
    expect(evaluate('slice(["a", 1], unknown_number, 2)')).toEqual({ $unknown: 'dynamic' });
    expect(evaluate('element(unknown_list, 1)')).toEqual({ $unknown: 'string' });
  });

  it('keep the marks of their elements apart', () => {
    expect(evaluate('[secret, "a"]')).toMatchObject([{ $marks: ['Sensitive'] }, 'a']);
    expect(evaluate('element([secret, "a"], 1)')).toBe('a');
    expect(evaluate('reverse([secret, "a"])')).toMatchObject(['a', { $marks: ['Sensitive'] }]);
    expect(evaluate('concat(sensitive(["a"]), ["b"])')).toMatchObject({
      $marks: ['Sensitive'],
      value: ['a', 'b'],
    });
    expect(evaluate('join(",", [secret])')).toMatchObject({ $marks: ['Sensitive'] });
    expect(evaluate('flatten([[secret], ["b"]])')).toMatchObject([{ $marks: ['Sensitive'] }, 'b']);
    expect(evaluate('length([secret])')).toBe(1);
  });
});

describe('maps and objects', () => {
  it('are put together and taken apart', () => {
    known({
      'keys({ b = 1, a = 2 })': ['a', 'b'],
      'values({ b = 1, a = "x" })': ['x', 1],
      'lookup({ a = 1 }, "a")': 1,
      'lookup({ a = 1 }, "b", "none")': 'none',
      'lookup(tomap({ a = 1 }), "b", "5")': 5,
      'merge({ a = 1, b = 2 }, { b = 3 }, null)': { a: 1, b: 3 },
      'merge()': {},
      'merge(null, [])': {},
      'merge(tomap({ a = 1 }), tomap({ b = 2 }))': { a: 1, b: 2 },
      'zipmap(["a", "b"], [1, "x"])': { a: 1, b: 'x' },
      'zipmap(["a"], tolist([1]))': { a: 1 },
      'transpose({ a = ["x", "y"], b = ["y"] })': { x: ['a'], y: ['a', 'b'] },
      'matchkeys(["i1", "i2", "i3"], ["a", "b", "a"], ["a"])': ['i1', 'i3'],
    });
  });

  it('say what is wrong', () => {
    known({
      'keys([])': 'error: Invalid value for "inputMap" parameter: must have map or object type.',
      'values([])': 'error: Call to function "values" failed: values() requires a map as the first argument.',
      'lookup({ a = 1 }, "b")':
        'error: Invalid value for "inputMap" parameter: the given object has no attribute "b".',
      'lookup(tomap({ a = 1 }), "b")':
        'error: Call to function "lookup" failed: lookup failed to find key "b".',
      'lookup(tomap({ a = 1 }), "b", [])':
        'error: Invalid value for "default" parameter: the default value must have the same type as the map elements.',
      'merge({}, "x")':
        'error: Call to function "merge" failed: arguments must be maps or objects, got "string".',
      'zipmap(["a"], [])':
        'error: Call to function "zipmap" failed: number of keys (1) does not match number of values (0).',
      'zipmap(["a", null], [1, 2])':
        'error: Call to function "zipmap" failed: keys list has null value at index 1.',
      'transpose({ a = null })':
        'error: Invalid value for "values" parameter: cannot use null list for ["a"].',
      'matchkeys([1], [], [1])':
        'error: Call to function "matchkeys" failed: length of keys and values should be equal.',
    });
  });

  it('do not show a sensitive key', () => {
    expect(evaluate('lookup(tomap({ a = 1 }), secret)')).toBe(
      'error: Call to function "lookup" failed: lookup failed to find key (sensitive value).',
    );
  });

  it('may hold what is not known yet', () => {
    expect(evaluate('keys({ a = unknown_any })')).toEqual(['a']);
    expect(evaluate('flatten([[sensitive(unknown_any)], ["a"]])')).toEqual([
      { $marks: ['Sensitive'], type: 'dynamic', value: { $unknown: 'dynamic' } },
      'a',
    ]);
    expect(evaluate('element(unknown_any, null)')).toEqual({ $unknown: 'dynamic' });
    expect(evaluate('element(null, unknown_any)')).toMatch(/argument must not be null/);
    expect(evaluate('merge(unknown_map, tomap({ a = 1 }))')).toMatchObject({ $unknown: ['map', 'number'] });
    expect(evaluate('lookup({ a = unknown_string }, "a")')).toEqual({ $unknown: 'string' });
    expect(evaluate('zipmap([unknown_string], [1])')).toEqual({ $unknown: 'dynamic' });
    expect(evaluate('values({ a = secret })')).toMatchObject([{ $marks: ['Sensitive'] }]);
  });
});

describe('sets', () => {
  it('are combined', () => {
    known({
      'setunion(["b"], ["a", "b"], ["c"])': ['a', 'b', 'c'],
      'setintersection(["a", "b"], ["b", "c"])': ['b'],
      'setsubtract(["a", "b"], ["b"])': ['a'],
      'setunion([1], ["a"])': ['1', 'a'],
      'setunion([], ["a"])': ['a'],
      'setproduct(["a", "b"], [1, 2])': [
        ['a', 1],
        ['a', 2],
        ['b', 1],
        ['b', 2],
      ],
      'setproduct(["a"], [])': [],
      'setproduct(["a"])':
        'error: Call to function "setproduct" failed: at least two arguments are required.',
      'setproduct(["a"], "b")': 'error: Invalid value for "sets" parameter: a set or a list is required.',
      'setunion([1], [[]])':
        'error: Call to function "setunion" failed: given sets must all have compatible element types.',
    });
  });

  it('refuse a product that is too large to make', () => {
    expect(evaluate('setproduct(range(1024), range(1024))')).toBe(
      'error: Call to function "setproduct" failed: the product would have 1048576 elements; at most 1000000 can be made.',
    );
  });

  it('may hold what is not known yet', () => {
    expect(evaluate('setunion([unknown_string], ["a"])')).toEqual(['a', { $unknown: 'string' }]);
    expect(evaluate('setsubtract(["a"], [unknown_string])')).toMatchObject({ $unknown: ['set', 'string'] });
    expect(evaluate('setproduct(unknown_list, ["a"])')).toMatchObject({
      $unknown: ['list', ['tuple', ['string', 'string']]],
    });
  });
});

describe('reductions', () => {
  it('look at all elements', () => {
    known({
      'alltrue([true, "true"])': true,
      'alltrue([true, null])': false,
      'alltrue([])': true,
      'anytrue([false, true])': true,
      'anytrue([])': false,
      'anytrue(unknown_set)': { $unknown: 'bool', refinements: 'RefineNotNull()' },
      'anytrue(toset([unknown_string, "a"]))':
        'error: Invalid value for "list" parameter: bool required, but received string.',
      'join("", toset([unknown_number, 1]))':
        'error: Invalid value for "separator" parameter: string required, but received number.',
      'coalesce("", null, "x")': 'x',
      'coalesce(null, 1, "x")': '1',
      'coalesce(toset(["x", null]), tolist([true]))': [true],
      'range(3)': [0, 1, 2],
      'range(1, 10, 4)': [1, 5, 9],
      'range(2, 0)': [2, 1],
      'range(0, 1, 0.25)': [0, 0.25, 0.5, 0.75],
      'coalesce(null, "")':
        'error: Call to function "coalesce" failed: no non-null, non-empty-string arguments.',
      'coalesce(1, [])': 'error: Call to function "coalesce" failed: all arguments must have the same type.',
      'range(2000)':
        'error: Call to function "range" failed: more than 1024 values were generated; either decrease the difference between start and end or use a smaller step.',
      'range(1, 5, -1)':
        'error: Invalid value for "params" parameter: end must be less than start when step is negative.',
    });
    expect(evaluate('anytrue([unknown_bool, true])')).toBe(true);
    expect(evaluate('alltrue([unknown_bool])')).toMatchObject({ $unknown: 'bool' });
    expect(evaluate('coalesce(unknown_string, "x")')).toMatchObject({ $unknown: 'string' });
  });
});
