import { describe, expect, it } from '@jest/globals';
import {
  expandDynamic,
  fromJs,
  mergeBodies,
  parseConfig,
  Scope,
  toJson,
  unknown,
  UNKNOWN,
  withMarks,
  listOf,
  NUMBER,
  SENSITIVE,
  STRING,
} from '../index.js';

const body = (text: string) => parseConfig(text, 'x.hcl').body;

describe('reading a body by a schema', () => {
  const schema = {
    attributes: [{ name: 'name', required: true }, { name: 'size' }],
    blocks: [{ type: 'disk', labels: ['id'] }],
  };

  it('reports what is unknown with what was meant, what is missing, and wrong labels', () => {
    const { diagnostics } = body(
      'sise = 1\ndisc "a" {}\ndisk {}\ndisk "a" "b" {}\nsize {}\ndisk = 1\n',
    ).content(schema);
    expect(diagnostics.map((d) => `${d.summary}: ${d.detail}`)).toEqual([
      'Missing required argument: The argument "name" is required, but no definition was found.',
      'Missing id for disk: All disk blocks must have 1 labels (id).',
      'Extraneous label for disk: Only 1 labels (id) are expected for disk blocks.',
      'Unsupported argument: An argument named "sise" is not expected here. Did you mean "size"?',
      'Unsupported argument: An argument named "disk" is not expected here. Did you mean to define a block of type "disk"?',
      'Unsupported block type: Blocks of type "disc" are not expected here. Did you mean "disk"?',
      'Unsupported block type: Blocks of type "size" are not expected here. Did you mean to define argument "size"? If so, use the equals sign to assign it a value.',
    ]);
  });

  it('suggests no argument that is set, and rather a near name than the other kind of item', () => {
    const { diagnostics } = body('a = 1\nc = 2\ndisk = 3\n').content({
      attributes: [{ name: 'a' }, { name: 'risk' }],
      blocks: [{ type: 'disk' }],
    });
    expect(diagnostics.map(({ detail }) => detail)).toEqual([
      'An argument named "c" is not expected here.',
      'An argument named "disk" is not expected here. Did you mean "risk"?',
    ]);
  });

  it('points to where the body begins for what is missing, and to the brace for labels', () => {
    const parsed = body('disk  {\n}\ndisk "a" "b" {\n  x = 1\n}\n');
    const places = parsed
      .content(schema)
      .diagnostics.map(({ summary, subject, context }) => [
        summary,
        ...[subject, context].map((r) => r && [r.start.line, r.start.column, r.end.line, r.end.column]),
      ]);
    expect(places).toEqual([
      ['Missing required argument', [1, 1, 1, 1], undefined],
      ['Missing id for disk', [1, 7, 1, 8], [1, 1, 1, 8]],
      ['Extraneous label for disk', [3, 10, 3, 13], [3, 1, 3, 15]],
    ]);
    const { missingRange } = parsed.blocks[1]!.body.content({ attributes: [{ name: 'x' }] });
    expect(missingRange).toMatchObject({ start: { line: 3, column: 14 }, end: { line: 3, column: 14 } });
  });

  it('leaves the rest for others', () => {
    const { remain, attributes } = body('name = 1\nother = 2\nx {}\n').partialContent(schema);
    expect([...attributes.keys()]).toEqual(['name']);
    expect([...remain.justAttributes().attributes.keys()]).toEqual(['other']);
    expect(remain.justAttributes().diagnostics.map((d) => d.summary)).toEqual(['Unexpected "x" block']);
  });
});

describe('a body', () => {
  it('has the same expressions and blocks at every look, for what others remember of them', () => {
    const read = body('a = 1\nx {}\n');
    const expression = read.attributes.get('a')!.expression;
    expect(read.attributes.get('a')!.expression).toBe(expression);
    expect(read.content({ attributes: [{ name: 'a' }] }).attributes.get('a')!.expression).toBe(expression);
    expect(read.blocks[0]).toBe(read.blocks[0]);
  });
});

describe('merged bodies', () => {
  it('are read as one, and an attribute may be in one only', () => {
    const merged = mergeBodies([body('a = 1\nx {}\n'), body('b = 2\nx {}\n'), body('a = 3\n')]);
    const content = merged.content({
      attributes: [{ name: 'a' }, { name: 'b' }, { name: 'c', required: true }],
      blocks: [{ type: 'x' }],
    });
    expect([...content.attributes.keys()]).toEqual(['a', 'b']);
    expect(content.blocks).toHaveLength(2);
    expect(content.diagnostics.map((d) => d.summary)).toEqual([
      'Duplicate argument',
      'Missing required argument',
    ]);
  });
});

describe('dynamic blocks', () => {
  const source = `
disk "root" {
  size = 1
}
dynamic "disk" {
  for_each = disks
  iterator = d
  labels   = ["\${d.key}-x"]
  content {
    size = d.value.size
    dynamic "part" {
      for_each = d.value.parts
      content {
        name = "\${d.key}\${part.value}\${outer}"
      }
    }
  }
}
`;
  const schema = { blocks: [{ type: 'disk', labels: ['id'] }] };
  const inner = { attributes: [{ name: 'size' }], blocks: [{ type: 'part' }] };

  it('become the blocks that they stand for, at any depth', () => {
    const scope = new Scope({
      variables: { disks: fromJs({ a: { size: 2, parts: ['p', 'q'] } }), outer: '!' },
    });
    const { blocks, diagnostics } = expandDynamic(body(source), scope).content(schema);
    expect(diagnostics).toEqual([]);
    const seen = blocks.map((block) => {
      const content = block.body.content(inner);
      return [
        ...block.labels,
        toJson(content.attributes.get('size')!.expression.evaluate(scope).value),
        content.blocks.map((part) =>
          toJson(part.body.justAttributes().attributes.get('name')!.expression.evaluate(scope).value),
        ),
      ];
    });
    expect(seen).toEqual([
      ['root', 1, []],
      ['a-x', 2, ['ap!', 'aq!']],
    ]);
    const size = blocks[1]!.body.content(inner).attributes.get('size')!.expression;
    expect(size.variables()).toEqual([]);
  });

  it('stand as one with unknown attributes where the collection is unknown', () => {
    const scope = new Scope({ variables: { x: unknown(listOf(STRING)) } });
    const { blocks } = expandDynamic(
      body('dynamic "b" {\n for_each = x\n content {\n a = "1"\n }\n}\n'),
      scope,
    ).content({
      blocks: [{ type: 'b' }],
    });
    expect(blocks).toHaveLength(1);
    expect(blocks[0]!.body.attributes.get('a')!.expression.evaluate(scope).value).toBe(UNKNOWN);
    expect(blocks[0]!.body.attributes.get('a')!.expression.asLiteral()).toBeUndefined();
    expect(blocks[0]!.forEach).toBe(scope.lookup('x'));
  });

  it('keep the number of blocks of a known collection within an unknown one, and no faults of what is unknown', () => {
    const scope = new Scope({ variables: { x: unknown(listOf(STRING)) } });
    const text = `dynamic "b" {
  for_each = x
  content {
    a = nowhere
    dynamic "b" {
      for_each = [b.value, "z"]
      content {}
    }
  }
}
`;
    const { blocks } = expandDynamic(body(text), scope).content({ blocks: [{ type: 'b' }] });
    const content = blocks[0]!.body.content({ attributes: [{ name: 'a' }], blocks: [{ type: 'b' }] });
    expect(content.blocks).toHaveLength(2);
    expect(content.attributes.get('a')!.expression.evaluate(scope)).toEqual({
      value: UNKNOWN,
      diagnostics: [],
    });
  });

  it('need a collection and plain labels, known or not', () => {
    const scope = new Scope({
      variables: { n: unknown(NUMBER), s: unknown(STRING), secret: withMarks('x', new Set([SENSITIVE])) },
    });
    const details = (text: string) =>
      expandDynamic(body(text), scope)
        .content({ blocks: [{ type: 'b' }, { type: 'l', labels: ['name'] }] })
        .diagnostics.map((d) => d.detail);
    const each = (collection: string) => `dynamic "b" {\n for_each = ${collection}\n content {}\n}\n`;
    expect(details(each('n'))).toEqual([
      'Cannot use a number value in for_each. An iterable collection is required.',
    ]);
    expect(details(each('true ? null : 1'))).toEqual(details(each('n')));
    expect(details(each('true ? null : ["a"]'))).toEqual(['Cannot use a null value in for_each.']);
    const label = (of: string) =>
      details(`dynamic "l" {\n for_each = [1]\n labels = [${of}]\n content {}\n}\n`)[0];
    expect(label('"a"')).toBeUndefined();
    expect(label('s')).toMatch(/not yet known/);
    expect(label('secret')).toMatch(/dynamic marks/);
    expect(label('[secret]')).toMatch(/string required/);
  });

  it('say what is wrong with them', () => {
    const summary = (text: string) =>
      expandDynamic(body(text), new Scope({ variables: {} }))
        .content({ blocks: [{ type: 'b' }] })
        .diagnostics.map((d) => d.summary);
    expect(summary('dynamic "c" {}\n')).toEqual(['Unsupported block type']);
    expect(summary('dynamic "b" {\n for_each = []\n}\n')).toEqual(['Missing dynamic content block']);
    expect(summary('dynamic "b" {\n for_each = null\n content {}\n}\n')).toEqual([
      'Invalid dynamic for_each value',
    ]);
    expect(summary('dynamic "b" {\n for_each = 1\n content {}\n}\n')).toEqual([
      'Invalid dynamic for_each value',
    ]);
    expect(summary('dynamic "b" {\n content {}\n}\n')).toEqual(['Missing required argument']);
  });
});
