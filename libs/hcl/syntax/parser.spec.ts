import { describe, expect, it } from '@jest/globals';
import { parseConfig, parseExpression, parseTraversal } from '../parse.js';
import { printExpression } from '../print/print.js';
import { type NativeExpression } from '../native-expression.js';
import { MAX_DEPTH } from './token-reader.js';

const faults = (text: string | Uint8Array) =>
  parseConfig(text, 'f.hcl').diagnostics.map((d) => [
    d.summary,
    d.subject!.start.line,
    d.subject!.start.column,
    d.subject!.end.column,
  ]);
/** The tree of an expression with every operation in parentheses. */
function grouped(text: string): string {
  const { expression } = parseExpression(text, 'x');
  const show = (node: NativeExpression['node']): string => {
    if (node.kind === 'binary') return `(${show(node.left)}${node.operator}${show(node.right)})`;
    if (node.kind === 'unary') return `(${node.operator}${show(node.operand)})`;
    if (node.kind === 'conditional') return `(${show(node.condition)}?${show(node.yes)}:${show(node.no)})`;
    if (node.kind === 'parentheses') return show(node.inner);
    return printExpression(node, text);
  };
  return show((expression as NativeExpression).node);
}

describe('parsing bodies', () => {
  it('takes attributes, blocks with labels of both kinds, and blocks on one line', () => {
    const { body, diagnostics } = parseConfig(
      'a = 1\nb "x y" z {\n  c = 2\n  d {}\n}\ne { f = 3 }\n',
      'f.hcl',
    );
    expect(diagnostics).toEqual([]);
    expect([...body.attributes.keys()]).toEqual(['a']);
    const [b, e] = body.blocks;
    expect([b!.type, ...b!.labels, [...b!.body.attributes.keys()], b!.body.blocks[0]!.type]).toEqual([
      'b',
      'x y',
      'z',
      ['c'],
      'd',
    ]);
    expect(e!.body.attributes.get('f')!.range.start).toEqual({ line: 6, column: 5, byte: 39 });
    expect(b!.headerRange.end.column).toBe(10);
  });

  it('goes on behind what is broken: the rest of the file is there', () => {
    const { body, diagnostics } = parseConfig('a = \nb = 2\nc = [1, 2\nd = 3\n', 'f.hcl');
    expect(diagnostics.length).toBeGreaterThan(0);
    expect([...body.attributes.keys()]).toEqual(['a', 'b', 'c']);
    expect(parseConfig('x {\n  a = ]\n  b = 1\n}\nc = 2\n', 'f').body.attributes.has('c')).toBe(true);
  });

  it('says what is wrong and where', () => {
    expect(faults('a = 1\na = 2\n')).toEqual([['Attribute redefined', 2, 1, 2]]);
    expect(faults('a = 1, b = 2\n')).toEqual([['Unexpected comma after argument', 1, 6, 7]]);
    expect(faults('a {\n')).toEqual([['Unclosed configuration block', 1, 3, 4]]);
    expect(faults('a = [b[c d], 1]\n')).toEqual([['Missing close bracket on index', 1, 11, 12]]);
    expect(faults('a = [b[*c d], 1]\n')).toEqual([['Missing close bracket on splat index', 1, 12, 13]]);
    expect(faults('"a" = 1\n')).toEqual([['Invalid argument name', 1, 1, 2]]);
    expect(faults('a b\n')).toEqual([['Invalid block definition', 1, 4, 1]]);
    expect(faults("a = 'x'\n")[0]).toEqual(['Invalid character', 1, 5, 6]);
    expect(faults('a = "x\n"\n')[0]).toEqual(['Invalid multi-line string', 1, 7, 1]);
    expect(faults('a = "\\q"\n')).toEqual([['Invalid escape sequence', 1, 6, 8]]);
    expect(faults('a = "\\ud800"\n')).toEqual([['Invalid escape sequence', 1, 6, 12]]);
    expect(faults('a { b = 1, c = 2 }\n')).toEqual([['Invalid single-argument block definition', 1, 10, 11]]);
  });

  it('points at the other definition', () => {
    const [redefined] = parseConfig('a = 1\na = 2\n', 'f').diagnostics;
    expect(redefined!.related).toEqual([
      {
        message: 'the first definition',
        range: expect.objectContaining({ start: { line: 1, column: 1, byte: 0 } }),
      },
    ]);
  });

  it('reports bytes that are not UTF-8 where they stand', () => {
    const bytes = new Uint8Array([0x61, 0x20, 0x3d, 0x20, 0x22, 0xff, 0x22, 0x0a]);
    expect(faults(bytes)[0]).toEqual(['Invalid character encoding', 1, 6, 7]);
  });
});

describe('parsing expressions', () => {
  it('binds operators as they should be', () => {
    expect(grouped('1+2*3-4')).toBe('((1+(2*3))-4)');
    expect(grouped('a||b&&c==d<e+f')).toBe('(a||(b&&(c==(d<(e+f)))))');
    expect(grouped('-a+b')).toBe('((-a)+b)');
    expect(grouped('!a&&-b.c>0')).toBe('((!a)&&((-b.c)>0))');
    expect(grouped('a?b:c?d:e')).toBe('(a?b:(c?d:e))');
    expect(grouped('a?b?c:d:e')).toBe('(a?(b?c:d):e)');
    expect(grouped('8/2/2')).toBe('((8/2)/2)');
  });

  it('ignores newlines within brackets and nowhere else', () => {
    expect(parseConfig('a = (1 +\n 2)\nb = [\n1,\n2,\n]\nc = f(\n1\n)\n', 'f').diagnostics).toEqual([]);
    expect(parseConfig('a = 1 +\n 2\n', 'f').diagnostics).not.toEqual([]);
  });

  it('reads indexes, legacy indexes and both splats', () => {
    const print = (text: string) =>
      printExpression((parseExpression(text, 'x').expression as NativeExpression).node, text);
    expect(print('a.0.b')).toBe('a[0].b');
    expect(print('a.*.b.0')).toBe('a.*.b.0');
    expect(print('a[*].b[0]')).toBe('a.*.b.0');
    expect(parseExpression('a.0.1', 'x').diagnostics[0]!.summary).toBe('Invalid legacy index syntax');
  });

  it('knows which names are free', () => {
    const refs = parseExpression(
      '[for k, v in a.b : { (k) = v.c, d = e[0]["f"].g } if v != h]',
      'x',
    ).expression.variables();
    expect(
      refs.map((r) => [
        r.root,
        ...r.steps.map((s) => (s.kind === 'attribute' ? s.name : s.kind === 'index' ? s.key : '*')),
      ]),
    ).toEqual([['a', 'b'], ['e', 0, 'f', 'g'], ['h']]);
  });

  it('gives lists, maps, calls, traversals, keywords and literals without evaluating', () => {
    const parse = (text: string) => parseExpression(text, 'x').expression;
    expect(parse('[a, 1]').asList()).toHaveLength(2);
    expect(
      parse('{ a = 1, "b" = 2 }')
        .asMap()!
        .map(({ key }) => key.asKeyword() ?? key.asLiteral()),
    ).toEqual(['a', 'b']);
    expect(parse('ns::f(1, x...)').asCall()!.name).toBe('ns::f');
    expect(parse('a.b[0]').asTraversal()!.steps).toHaveLength(2);
    expect(parse('all').asKeyword()).toBe('all');
    expect(parse('a.b').asKeyword()).toBeUndefined();
    expect(parse('"x${1}"').asLiteral()).toBeUndefined();
  });

  it('bounds chains of operators, also where short ones add up', () => {
    const faults = (text: string) => parseExpression(text, 'x').diagnostics.map((d) => d.summary);
    expect(faults(`1${' + 1'.repeat(900)}`)).toEqual([]);
    expect(faults(`1${' + 1'.repeat(2000)}`)).toEqual(['Expression too long']);
    expect(faults(`${'('.repeat(100)}1${`${' + 1'.repeat(100)})`.repeat(100)}`)).toEqual([
      'Nesting too deep',
    ]);
    expect(parseExpression(`1${' + 1'.repeat(900)}`, 'x').expression.evaluate().value).toBe(901);
  });

  it('refuses what nests too deeply instead of running out of stack', () => {
    const deep = (n: number) =>
      parseExpression('['.repeat(n) + ']'.repeat(n), 'x').diagnostics.map((d) => d.summary);
    expect(deep(MAX_DEPTH - 1)).toEqual([]);
    expect(deep(100_000)).toEqual(['Nesting too deep']);
    for (const text of [
      '('.repeat(5000),
      '-'.repeat(5000),
      'a['.repeat(5000),
      '"${'.repeat(5000),
      `"${'%{ if true }'.repeat(5000)}"`,
      '1+'.repeat(50_000) + '1',
      'x {\n'.repeat(5000),
    ])
      expect(parseConfig(`a = ${text}\n`, 'x').diagnostics.length).toBeGreaterThan(0);
  });
});

describe('parsing traversals', () => {
  it('takes names and constant keys only', () => {
    expect(parseTraversal('a.b[0]["c"]', 'x').traversal!.steps).toHaveLength(3);
    expect(parseTraversal('a[b]', 'x').diagnostics[0]!.summary).toBe('Index value required');
    expect(parseTraversal('a[*].b', 'x').diagnostics).toHaveLength(1);
    expect(parseTraversal('a[*].b', 'x', { splats: true }).traversal!.steps.map((s) => s.kind)).toEqual([
      'splat',
      'attribute',
    ]);
  });
});
