import { describe, expect, it } from '@jest/globals';
import { encodeValue } from '../batch/encode.js';
import { standardFunctions } from '../functions/index.js';
import { nodeFunctions } from '../host/index.js';
import { parseExpression, parseTemplate } from '../parse.js';
import { Scope, type Limits } from '../scope.js';
import { SENSITIVE, withMarks } from '../values/marks.js';
import { fromJs } from '../values/json.js';
import { makeSet } from '../values/set.js';
import { DYNAMIC, listOf, mapOf, NUMBER, STRING } from '../values/type.js';
import {
  makeList,
  makeMap,
  NULL,
  NullValue,
  type ObjectValue,
  unknown,
  type Value,
} from '../values/value.js';

const functions = standardFunctions(nodeFunctions);
const VARIABLES: Record<string, Value> = {
  regions: fromJs([
    { name: 'us-a', state: 'Building', tags: ['x'] },
    { name: 'us-b', state: 'Production', tags: [] },
  ]),
  obj: fromJs({ b: 2, a: 1, '1': 'one' }),
  list: makeList(STRING, ['p', 'q']),
  set: makeSet(STRING, ['y', 'x', 'y']),
  map: makeMap(NUMBER, [
    ['z', 26],
    ['a', 1],
  ]),
  nul: NULL,
  nul_list: new NullValue(listOf(STRING)),
  secret: withMarks('hush', new Set([SENSITIVE])),
  unk: unknown(STRING),
  unk_num: unknown(NUMBER, { lower: { value: 5, inclusive: true }, notNull: true }),
  unk_list: unknown(listOf(STRING), { minLength: 1, maxLength: 3, notNull: true }),
  dyn: unknown(DYNAMIC),
};

const run = (text: string, limits?: Partial<Limits>, kind = parseExpression) => {
  const { expression, diagnostics } = kind(text, 'x.hcl');
  if (diagnostics.length > 0) return { errors: diagnostics.map((d) => d.summary) };
  const { value, diagnostics: faults } = expression.evaluate(
    new Scope({ variables: VARIABLES, functions, ...(limits && { limits }) }),
  );
  if (faults.length > 0)
    return { errors: faults.map((d) => d.summary), details: faults.map((d) => d.detail) };
  return encodeValue(value);
};
const value = (text: string) => {
  const result = run(text);
  return 'errors' in result ? result : result.value;
};
const type = (text: string) => {
  const result = run(text);
  return 'errors' in result ? result : result.type;
};
const template = (text: string) => {
  const result = run(text, undefined, parseTemplate);
  return 'errors' in result ? result : result.value;
};
const errors = (text: string, limits?: Partial<Limits>) => {
  const result = run(text, limits);
  return 'errors' in result ? result.errors : [];
};

describe('numbers', () => {
  it('are exact', () => {
    expect(value('0.1 + 0.2 == 0.3')).toBe(true);
    expect(value('1 / 3 * 3 == 1')).toBe(true);
    expect(value('"=${9007199254740993}"')).toEqual('=9007199254740993');
    expect(value('9007199254740992 + 1 == 9007199254740993')).toBe(true);
    expect(value('"${1e3}/${0.50}/${-0.0 + 0}"')).toBe('1000/0.5/0');
    expect(value('-7 % 3')).toBe(-1);
    expect(value('1 / 0')).toEqual({ $num: '+Inf' });
    expect(errors('0 / 0')).toEqual(['Operation failed']);
  });
});

describe('operators', () => {
  it('convert their operands, and compare without', () => {
    expect(value('"2" * "3"')).toBe(6);
    expect(value('"true" && true')).toBe(true);
    expect(value('"1" == 1')).toBe(false);
    expect(value('[1, "a"] == [1, "a"]')).toBe(true);
    expect(value('{ a = [1] } != { a = [2] }')).toBe(true);
    expect(value('"e\\u0301" == "\\u00e9"')).toBe(true);
    expect(value('{ "e\\u0301" = 1 }["\\u00e9"]')).toBe(1);
    expect(errors('true + 1')).toEqual(['Invalid operand']);
    expect(errors('1 < nul')).toEqual(['Operation failed']);
  });

  it('are decided by one side where that is enough, whose faults alone then count', () => {
    expect(value('true || obj.missing')).toBe(true);
    expect(value('nul != null && nul.x')).toBe(false);
    expect(errors('false || obj.missing')).toEqual(['Unsupported attribute']);
    expect(value('false && unk == "x"')).toBe(false);
  });
});

describe('conditionals', () => {
  it('unify the types of both results', () => {
    expect(run('true ? 1 : "a"')).toEqual({ type: 'string', value: '1' });
    expect(type('false ? { a = 1 } : null')).toEqual(['object', { a: 'number' }]);
    expect(type('true ? [] : ["a"]')).toEqual(['list', 'string']);
    expect(run('false ? [null] : [["a"], ["b", "c"]]')).toEqual({
      type: ['list', ['list', 'string']],
      value: [['a'], ['b', 'c']],
    });
    expect(run('true ? ["a", "", null] : [{ a = 1 }, { a = 2, b = 3 }]')).toEqual({
      type: ['list', 'string'],
      value: ['a', '', null],
    });
    expect(run('true ? { a = { x = 1 } } : tomap({ b = tomap({ x = "y" }) })')).toEqual({
      type: ['map', ['map', 'string']],
      value: { a: { x: '1' } },
    });
    expect(errors('true ? [1] : { a = 1 }')).toEqual(['Inconsistent conditional result types']);
    expect(run('true ? { a = [1], b = 1, c = dyn } : {}')).toMatchObject({
      details: [expect.stringContaining('attribute types must all match for conversion to map')],
    });
    // What a tuple beside a list is taken for, its elements need not be.
    expect(errors('true ? [[1], ["a"]] : tolist([])')).toEqual(['Inconsistent conditional result types']);
    expect(value('true ? [{ a = 1 }, { b = 2 }] : tolist([tomap({ c = "x" })])')).toEqual([
      { a: '1' },
      { b: '2' },
    ]);
    expect(value('"true" ? 1 : 2')).toBe(1);
    expect(errors('nul ? 1 : 2')).toEqual(['Null condition']);
    expect(value('true ? 1 : obj.missing')).toBe(1);
  });

  it('keep what both results have in common while the condition is unknown', () => {
    expect(value('unk == "x" ? 1 : 5')).toEqual({
      $unknown: 'number',
      refinements:
        'Refine().NotNull().NumberLowerBound(cty.NumberIntVal(1), true).NumberUpperBound(cty.NumberIntVal(5), true).NewValue()',
    });
    expect(value('unk == "x" ? 1 : tonumber(null)')).toEqual({
      $unknown: 'number',
      refinements: 'Refine().NewValue()',
    });
    expect(value('unk == "x" ? set : toset(["a", unk])')).toMatchObject({ refinements: 'RefineNotNull()' });
  });
});

describe('for', () => {
  it('makes tuples and objects, filters and groups', () => {
    expect(value('[for r in regions : r.name if r.state == "Building"]')).toEqual(['us-a']);
    expect(value('{ for i, r in regions : r.name => i }')).toEqual({ 'us-a': 0, 'us-b': 1 });
    expect(value('{ for k, v in map : v > 5 => k... }')).toEqual({ false: ['a'], true: ['z'] });
    expect(value('[for k, v in obj : "${k}${v}"]')).toEqual(['1one', 'a1', 'b2']);
    expect(value('[for k, v in set : "${k}${v}"]')).toEqual(['xx', 'yy']);
    expect(value('[for x in [[1, 2], [3]] : [for y in x : x[0] + y]]')).toEqual([[2, 3], [6]]);
  });

  it('refuses duplicate keys, and what cannot be iterated', () => {
    expect(errors('{ for r in regions : "k" => r }')).toEqual(['Duplicate object key']);
    expect(errors('[for x in 1 : x]')).toEqual(['Iteration over non-iterable value']);
    expect(errors('[for x in nul : x]')).toEqual(['Iteration over null value']);
    expect(errors('[for x in [] : x if "no bool"]')).toEqual(["Invalid 'for' condition"]);
    expect(errors('[for x in list : x if null]')).toEqual(['Condition is null']);
  });

  it('is unknown where its collection or a condition is', () => {
    expect(value('[for x in unk_list : x]')).toEqual({ $unknown: 'dynamic' });
    expect(value('[for x in list : x if x == unk]')).toEqual({ $unknown: 'dynamic' });
    expect(value('[for x in list : unk]')).toEqual([{ $unknown: 'string' }, { $unknown: 'string' }]);
  });
});

describe('attributes, indexes and splats', () => {
  it('reach into values', () => {
    expect(value('regions[1].name')).toBe('us-b');
    expect(value('obj["1"]')).toBe('one');
    expect(value('obj[1]')).toBe('one');
    expect(value('list["1"]')).toBe('q');
    expect(value('map.z')).toBe(26);
    expect(value('regions.0.tags.0')).toBe('x');
    expect(value('regions[*].name')).toEqual(['us-a', 'us-b']);
    expect(value('regions.*.tags[0]')).toEqual(['x']);
    expect(value('regions[*].tags[*]')).toEqual([['x'], []]);
  });

  it('give what has no type yet the type of the others', () => {
    expect(value('tolist(["a", unk])[*][*]')).toEqual([['a'], { $unknown: ['tuple', ['string']] }]);
    expect(value('tomap({ a = [unk], b = dyn })')).toEqual({
      a: [{ $unknown: 'string' }],
      b: { $unknown: ['tuple', ['string']] },
    });
  });

  it('splat scalars as one and null as none, but not a null list', () => {
    expect(value('"a"[*]')).toEqual(['a']);
    expect(value('nul[*]')).toEqual([]);
    expect(value('nul[*].x')).toEqual([]);
    expect(errors('nul_list[*]')).toEqual(['Splat of null value']);
    expect(type('list[*]')).toEqual(['list', 'string']);
    expect(type('set[*]')).toEqual(['list', 'string']);
  });

  it('tell null from absent', () => {
    expect(errors('nul.a')).toEqual(['Attempt to get attribute from null value']);
    expect(errors('obj.c')).toEqual(['Unsupported attribute']);
    expect(errors('map.c')).toEqual(['Missing map element']);
    expect(errors('list[2]')).toEqual(['Invalid index']);
    expect(errors('list[0.5]')).toEqual(['Invalid index']);
    expect(errors('list[-1]')).toEqual(['Invalid index']);
    expect(errors('set[0]')).toEqual(['Invalid index']);
    expect(errors('dyn[null]')).toEqual(['Invalid index']);
    expect(errors('missing[null]')).toEqual(['Unknown variable']);
    expect(errors('regions.name')).toEqual(['Unsupported attribute']);
  });

  it('suggest the name that was meant', () => {
    expect(run('regoins')).toEqual({
      errors: ['Unknown variable'],
      details: ['There is no variable named "regoins". Did you mean "regions"?'],
    });
    expect(run('uper("x")')).toMatchObject({
      details: ['There is no function named "uper". Did you mean "upper"?'],
    });
    expect(run('[for region in list : regoin]')).toMatchObject({
      details: ['There is no variable named "regoin". Did you mean "region"?'],
    });
  });
});

describe('templates', () => {
  it('interpolate, unwrap and escape', () => {
    expect(value('"a${1}b${true}"')).toBe('a1btrue');
    expect(value('"${[1]}"')).toEqual([1]);
    expect(value('"$${x} %%{y} \\"\\n\\t\\\\ \\u00e9\\U0001f600"')).toBe('${x} %{y} "\n\t\\ é😀');
    expect(value('"e\u0301" == "\u00e9"')).toBe(true);
    expect(errors('"${null}x"')).toEqual(['Invalid template interpolation value']);
    expect(errors('"${[1]}x"')).toEqual(['Invalid template interpolation value']);
  });

  it('have directives and trim marks', () => {
    expect(template('%{ if true }a%{ else }b%{ endif }')).toBe('a');
    expect(template('%{ for i, x in list }${i}${x},%{ endfor }')).toBe('0p,1q,');
    expect(template('a  ${~ "b" ~}  c')).toBe('abc');
    // A trim mark takes the rest of its line, and no more.
    expect(template('%{ for x in list ~}\n  ${x}\n%{ endfor ~}\n')).toBe('  p\n  q\n');
    expect(run('%{ if true }', undefined, parseTemplate)).toEqual({ errors: ['Unexpected end of template'] });
  });

  it('come as heredocs, indented or not', () => {
    expect(value('<<EOT\n  a\n ${1}\nEOT\n')).toBe('  a\n 1\n');
    expect(value('<<-EOT\n    a\n      ${1}\n\n    b\n  EOT\n')).toBe('a\n  1\n\nb\n');
  });

  it('know how an unknown string begins', () => {
    expect(value('"ami-${unk}"')).toEqual({
      $unknown: 'string',
      refinements: 'Refine().NotNull().StringPrefixFull("ami-").NewValue()',
    });
    expect(value('"ami-${unk}" == "x"')).toBe(false);
    for (const [before, certain] of [
      ['a\\nbc', 'a\\nb'],
      ['a\\né', 'a\\n'],
      ['a\\n1', 'a'],
      ['a\\nb-', 'a'],
    ])
      expect(value(`"${before}\${unk}"`)).toMatchObject({
        refinements: `Refine().NotNull().StringPrefixFull("${certain}").NewValue()`,
      });
  });
});

describe('objects', () => {
  it('take names, strings and expressions as keys', () => {
    expect(value('{ a = 1, "b c" = 2, (list[0]) = 3, "k${1}" : 4, true = 5 }')).toEqual({
      a: 1,
      'b c': 2,
      p: 3,
      k1: 4,
      true: 5,
    });
    expect(errors('{ a.b = 1 }')).toEqual(['Ambiguous attribute key']);
    expect(errors('{ (null) = 1 }')).toEqual(['Null value as key']);
    expect(value('{ (unk) = 1 }')).toEqual({ $unknown: 'dynamic' });
  });
});

describe('unknown values', () => {
  it('decide what can be decided', () => {
    expect(value('unk_num > 4')).toBe(true);
    expect(value('unk_num == 4')).toBe(false);
    expect(value('unk_num == null')).toBe(false);
    expect(value('length(unk_list) > 0')).toBe(true);
    expect(value('unk == null')).toEqual({ $unknown: 'bool', refinements: 'RefineNotNull()' });
    expect(value('dyn.anything[0]')).toEqual({ $unknown: 'dynamic' });
    expect(type('unk_list[*]')).toEqual(['list', 'string']);
  });
});

describe('marks', () => {
  it('decide no error: a comparison with what failed is unknown, marked or not', () => {
    const text = (name: string) =>
      'true || "t${"" == "%{ for v in [{}, NAME] }${v}%{ endfor }"}"'.replace('NAME', name);
    for (const name of ['"a"', 'secret']) expect(run(text(name))).not.toHaveProperty('errors');
  });
  it('stay on whatever is made of the value', () => {
    for (const text of [
      '"x${secret}"',
      'secret == "hush"',
      'upper(secret)',
      'secret == "hush" ? 1 : 2',
      '{ (secret) = 1 }',
      '[for x in [1] : x if secret == "hush"]',
      'parseint("${secret}${unk}", 10)',
    ])
      expect(run(text)).toMatchObject({ hasMarks: true });
    expect(run('[secret]')).toMatchObject({ type: ['tuple', ['string']], hasMarks: true });
    expect(run('nonsensitive(secret)')).toEqual({ type: 'string', value: 'hush' });
  });

  it('come with the value where an operator, or the presence of an element, has to wait for it', () => {
    const variables = {
      hidden: withMarks(unknown(NUMBER), new Set([SENSITIVE])),
      key: withMarks('k', new Set([SENSITIVE])),
      later: unknown(mapOf(STRING)),
    };
    const marked = (text: string) =>
      encodeValue(parseExpression(text, 'x').expression.evaluate(new Scope({ variables })).value).hasMarks;
    for (const text of ['-hidden', '!(hidden > 0)', 'later[key]'])
      expect([text, marked(text)]).toEqual([text, undefined]);
    for (const text of ['hidden + 1', 'hidden > 0', '{ k = "v" }[key]'])
      expect([text, marked(text)]).toEqual([text, true]);
  });

  it('keep the value out of every message', () => {
    for (const text of [
      'parseint(secret, 10)',
      '{ for x in [1, 2] : secret => x }',
      'tonumber(secret)',
      'regex("[", secret)',
      'list[secret]',
      'secret + 1',
      'base64decode(secret)',
      'formatdate(secret, "2020-01-01T00:00:00Z")',
    ]) {
      const result = run(text);
      if ('errors' in result) expect(JSON.stringify(result)).not.toContain('hush');
    }
    expect(errors('parseint(secret, 10)')).toHaveLength(1);
  });
});

describe('calls', () => {
  it('expand their last argument', () => {
    expect(value('max([3, 1, 2]...)')).toBe(3);
    expect(errors('max(1...)')).toEqual(['Invalid expanding argument value']);
    expect(value('core::upper("a")')).toBe('A');
  });

  it('point to all of an expanded argument, to the beginning of another', () => {
    const subject = (text: string) => {
      const { value, diagnostics } = parseExpression(text, 'x').expression.evaluate(
        new Scope({ variables: VARIABLES, functions }),
      );
      expect(value).toBeDefined();
      const { start, end } = diagnostics[0]!.subject!;
      return text.slice(start.byte, end.byte);
    };
    expect(subject('max([1, "x"]...)')).toBe('[1, "x"]');
    expect(subject('upper(["a", "b"]...)')).toBe('["a", "b"]');
    expect(subject('max(1, [2])')).toBe('[');
  });

  it('name the parameter that is to blame', () => {
    expect(run('upper()')).toMatchObject({
      errors: ['Not enough function arguments'],
      details: ['Function "upper" expects 1 argument(s). Missing value for "str".'],
    });
    expect(errors('upper("a", "b")')).toEqual(['Too many function arguments']);
    expect(run('upper([])')).toMatchObject({
      details: ['Invalid value for "str" parameter: string required, but have tuple.'],
    });
    expect(run('upper(null)')).toMatchObject({
      details: ['Invalid value for "str" parameter: argument must not be null.'],
    });
  });

  it('try, can and convert', () => {
    expect(value('try(obj.missing, list[9], "fallback")')).toBe('fallback');
    expect(errors('try(obj.missing)')).toEqual(['Error in function call']);
    expect(value('[can(obj.a), can(obj.missing)]')).toEqual([true, false]);
    expect(value('try(unk, 1)')).toEqual({ $unknown: 'dynamic' });
    expect(run('convert(["1"], set(number))')).toEqual({ type: ['set', 'number'], value: [1] });
    expect(
      value('convert({ b = null }, object({ a = optional(string, "d"), b = optional(number, 5) }))'),
    ).toEqual({ a: 'd', b: 5 });
    expect(value('convert(nul, object({ a = optional(string, "d") }))')).toBeNull();
    expect(errors('convert(1, nonsense)')).toEqual(['Invalid function argument']);
  });

  it('try and can take an expanded argument for its elements, whose faults are no longer theirs', () => {
    expect(value('try([1, 2]...)')).toBe(1);
    expect(value('can([1]...)')).toBe(true);
    expect(errors('try(1...)')).toEqual(['Invalid expanding argument value']);
    expect(errors('can(1 / 0...)')).toEqual(['Invalid expanding argument value']);
    expect(errors('can([1, 2]...)')).toEqual(['Too many function arguments']);
    expect(errors('try([nope, 2]...)')).toEqual(['Unknown variable']);
    expect(value('try(unk_list...)')).toEqual({ $unknown: 'dynamic' });
  });
});

describe('limits', () => {
  it('are diagnostics with a place, whatever multiplies', () => {
    expect(errors('[for a in range(100) : [for b in range(100) : b]]', { steps: 1000 })).toEqual([
      'Too many evaluation steps',
    ]);
    expect(errors('[for a in range(100) : range(100)]', { elements: 1000 })).toEqual(['Result too large']);
    expect(errors('"${join("", [for a in range(100) : "0123456789"])}!"', { text: 500 })).toEqual([
      'Result too long',
    ]);
    expect(errors('try([for a in range(100) : a], 1)', { steps: 10 })).toEqual(['Too many evaluation steps']);
  });

  it('end an evaluation that fails for every element', () => {
    const found = errors('[for a in range(1000) : missing]');
    expect(found).toEqual(['Unknown variable', 'Too many errors']);
  });

  it('count shared parts as often as they occur', () => {
    let made: Value = fromJs([1]);
    const { expression } = parseExpression('[x, x]', 'x');
    let faults: readonly unknown[] = [];
    for (let i = 0; i < 60 && faults.length === 0; i++) {
      const result = expression.evaluate(new Scope({ variables: { x: made } }));
      made = result.value;
      faults = result.diagnostics;
    }
    expect(faults).toEqual([expect.objectContaining({ code: 'hcl/limit', summary: 'Result too large' })]);
  });
});

describe('types', () => {
  it('are found once for objects that texts write alike', () => {
    const [first, second] = ['{ a = 1, b = "x" }', '{ b = "y", a = 2 }'].map(
      (text) => parseExpression(text, 'x').expression.evaluate().value as ObjectValue,
    );
    expect(first!.shape).toBe(second!.shape);
    expect(first!.type).toBe(second!.type);
  });

  it('of lists that are put together come from their elements where the lists leave them open', () => {
    expect(type('concat(tolist([]), tolist([[]]))')).toEqual(['list', ['tuple', []]]);
    expect(type('concat(tolist([]), tolist([]))')).toEqual(['list', 'dynamic']);
  });

  it('map and set results have one', () => {
    expect(type('tomap({ a = 1 })')).toEqual(['map', 'number']);
    expect(type('merge(map, { b = 1 })')).toEqual(['object', { a: 'number', b: 'number', z: 'number' }]);
    expect(run('unk_list == unk_list')).toMatchObject({ type: 'bool' });
    expect(encodeValue(unknown(mapOf(STRING)))).toEqual({
      type: ['map', 'string'],
      value: { $unknown: ['map', 'string'] },
      hasUnknown: true,
    });
  });
});
