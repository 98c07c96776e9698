import { describe, expect, it } from '@jest/globals';
import { parseJsonConfig, parseJsonExpression, Scope, toJson } from '../index.js';

const SOURCE = `{
  "//": "a comment",
  "a": "x-\${v}",
  "b": { "one": { "two": [{ "c": 1 }, { "c": [true, null, 1.5] }] } }
}`;

describe('the JSON syntax', () => {
  it('reads half a surrogate pair as a replacement character', () => {
    const { expression } = parseJsonExpression('["\\ud800x", "\\ud83d\\ude00"]', 'x.json');
    expect(toJson(expression.evaluate().value)).toEqual(['\ufffdx', '😀']);
    expect(toJson(expression.evaluate(new Scope()).value)).toEqual(['\ufffdx', '😀']);
  });

  it('is read by a schema: properties are attributes or blocks with labels', () => {
    const { body, diagnostics } = parseJsonConfig(SOURCE, 'x.json');
    expect(diagnostics).toEqual([]);
    const content = body.content({
      attributes: [{ name: 'a' }],
      blocks: [{ type: 'b', labels: ['x', 'y'] }],
    });
    expect(content.diagnostics).toEqual([]);
    const scope = new Scope({ variables: { v: 'y' } });
    expect(content.attributes.get('a')!.expression.evaluate(scope).value).toBe('x-y');
    expect(
      content.attributes
        .get('a')!
        .expression.variables()
        .map((r) => r.root),
    ).toEqual(['v']);
    expect(
      content.blocks.map((b) => [
        ...b.labels,
        toJson(b.body.attributes.get('c')!.expression.evaluate().value),
      ]),
    ).toEqual([
      ['one', 'two', 1],
      ['one', 'two', [true, null, 1.5]],
    ]);
  });

  it('suggests the property that was meant', () => {
    const { body } = parseJsonConfig('{ "naem": 1 }', 'x.json');
    expect(body.content({ attributes: [{ name: 'name' }] }).diagnostics.map((d) => d.detail)).toEqual([
      'No argument or block type is named "naem". Did you mean "name"?',
    ]);
  });

  it('says what is no JSON, and never fails', () => {
    const fault = (text: string) => parseJsonConfig(text, 'x').diagnostics[0]?.summary;
    expect(fault('{ "a" = 1 }')).toBe('Missing property value colon');
    expect(fault('{ "a": 1, }')).toBe('Trailing comma in object');
    expect(fault('[1, 2')).toBe('Unclosed object');
    expect(fault('{ a: 1 }')).toBe('Invalid JSON keyword');
    expect(fault('{ "a": tru }')).toBe('Invalid JSON keyword');
    expect(fault('{ "a": "\\q" }')).toBe('Invalid JSON string');
    expect(fault('{ "a": 01 }')).toBe('Invalid JSON number');
    expect(fault('"a"')).toBe('Root value must be object');
    expect(fault('['.repeat(100_000))).toBe('Nesting too deep');
  });

  it('takes strings for traversals, keywords and calls where these are wanted', () => {
    const { expression } = parseJsonExpression('["a.b[0]", "list(string)", "all"]', 'x');
    const [traversal, call, keyword] = expression.asList()!;
    expect(traversal!.asTraversal()!.steps).toHaveLength(2);
    expect(call!.asCall()!.name).toBe('list');
    expect(keyword!.asKeyword()).toBe('all');
  });

  it('takes strings literally where there is no scope', () => {
    expect(parseJsonExpression('"${x}"', 'x').expression.evaluate().value).toBe('${x}');
  });

  it.each([
    ['plain', '"${nope}"'],
    ['a line break', '"a\\nb ${nope}"'],
    ['quotes', '"\\"a\\" ${f(\\"x\\")} ${nope}"'],
    ['characters by number', '"\\u00e9\\ud83d\\ude00 \\u0024 ${nope}"'],
    ['characters as they are', '"é👩‍👩‍👧\\\\ ${nope}"'],
    ['escapes of the template', '"$${x} \\\\n ${nope}"'],
    ['a byte order mark', '"\\ufeff ${nope}"'],
  ])('tells places in strings as in the file: %s', (_, string) => {
    const text = `{\n "a": "\\n", "é": ${string}}`;
    const { body } = parseJsonConfig(text, 'x.json');
    const { expression } = body.attributes.get('é')!;
    const before = text.slice(0, text.indexOf('nope'));
    const line = before.slice(before.lastIndexOf('\n') + 1);
    const column = [...new Intl.Segmenter().segment(line)].length + 1;
    const byte = new TextEncoder().encode(before).length;
    const place = { start: { line: 2, column, byte }, end: { line: 2, column: column + 4, byte: byte + 4 } };
    expect(expression.variables()[0]!.range).toEqual({ filename: 'x.json', ...place });
    const { diagnostics } = expression.evaluate(new Scope({ variables: {} }));
    expect(diagnostics.find((d) => d.detail.includes('nope'))!.subject).toMatchObject(place);
  });

  it('tells places in strings that are references, traversals and calls', () => {
    const text = '["a[\\"é\\"].b", "f(\\"x\\", y)"]';
    const [traversal, call] = parseJsonExpression(text, 'x').expression.asList()!;
    const place = (of: string) => ({ start: { column: text.indexOf(of) + 1 } });
    expect(traversal!.asTraversal()!.steps.map((s) => s.range)).toMatchObject([place('[\\'), place('.b')]);
    expect(call!.asCall()!.arguments.map((a) => a.range)).toMatchObject([place('\\"x'), place('y)')]);
  });
});
