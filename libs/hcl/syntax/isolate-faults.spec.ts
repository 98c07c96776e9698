import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseConfig } from '../index.js';

const parse = (text: string) => parseConfig(text, 'f', { isolate: true });
const faults = (text: string) =>
  parse(text).diagnostics.map(({ summary, subject }) => `${subject!.start.line}: ${summary}`);

/** Arguments, each with one fault, and what is told of it on the line given by the offset. */
const BROKEN: readonly (readonly [text: string, summary: string])[] = [
  ['x = 1 +', 'Invalid expression'],
  ['x = 2 2', 'Missing newline after argument'],
  ['x = [1, 2', 'Unclosed bracket'],
  ['x = "a', 'Invalid multi-line string'],
  ['x = "é${upper("a")', 'Unclosed template sequence'],
  ['x = upper("a"', 'Unclosed parenthesis'],
  ['x = upper(1,', 'Unclosed parenthesis'],
  ['x = {\n  l = 1', 'Unclosed brace'],
  ['x = )', 'Invalid expression'],
  ['x = [for r in]', 'Invalid expression'],
  ['x = <<EOT\n  ${1 +}\n  EOT', 'Invalid expression'],
  ['x = [\n  1\n  2\n]', 'Missing item separator'],
];

describe('isolating faults', () => {
  it('tells one fault each, where it is, and keeps every argument', () => {
    for (const [text, summary] of BROKEN) {
      const { body, diagnostics } = parse(`a = 1\n${text}\nb = [2]\nc {\n  d = "e"\n}\n`);
      expect([text, ...diagnostics.map((d) => d.summary)]).toEqual([text, summary]);
      expect([...body.attributes.keys()]).toEqual(['a', 'x', 'b']);
      expect(body.blocks[0]!.body.attributes.get('d')!.expression.evaluate().value).toBe('e');
    }
  });

  it('finds all of many faults, in blocks too', () => {
    const text = BROKEN.map(([text], i) => text.replace('x', `x${i}`)).join('\n');
    const block = `b "l" {\n${text.replaceAll(/^(?=.)/gm, '  ')}\n}\nlast = 1\n`;
    const { body, diagnostics } = parse(block);
    expect(diagnostics.map((d) => d.summary)).toEqual(BROKEN.map(([, summary]) => summary));
    expect(body.blocks[0]!.body.attributes.size).toBe(BROKEN.length);
    expect([...body.attributes.keys()]).toEqual(['last']);
  });

  it('closes a block where the layout says that it ends', () => {
    const { body, diagnostics } = parse('a {\n  b {\n    c = 1\n  d = 2\n}\ne = 3\n');
    expect(diagnostics.map(({ subject, summary }) => [subject!.start.line, summary])).toEqual([
      [1, 'Unclosed configuration block'],
    ]);
    expect([...body.attributes.keys()]).toEqual(['e']);
  });

  it('leaves lines that are nothing, and headers that are none, out', () => {
    expect(faults('a = 1\nfoo bar\nb = 2\n? {\n  x = 1\n}\nc = }\nd = 1\n')).toEqual([
      '2: Invalid block definition',
      '4: Argument or block definition required',
      '7: Invalid expression',
    ]);
  });

  it('changes nothing of a text without faults, and keeps what is said elsewhere', () => {
    const text = 'a = 1\na = 2\nb {\n  c = "é"\n}\n';
    expect(parse(text).diagnostics).toEqual(parseConfig(text, 'f').diagnostics);
    expect(faults('é = [\na = 1\na = 2\n')).toEqual(['1: Unclosed bracket', '3: Attribute redefined']);
  });

  it('ends, with places within the text, whatever stands there', () => {
    const piece = fc.constantFrom(
      ...BROKEN.map(([text]) => text),
      'a {',
      '}',
      '{',
      '"',
      '\n',
      ' ',
      'a',
      '=',
      '${',
      '<<E',
      '[',
      ')',
      '#',
      'é',
      "'",
      '\r',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.constantFrom('', '\n'), (pieces, glue) => {
        const text = pieces.join(glue);
        const bytes = Buffer.byteLength(text);
        for (const { subject } of parse(text).diagnostics) {
          expect(subject!.start.byte).toBeGreaterThanOrEqual(0);
          expect(subject!.end.byte).toBeLessThanOrEqual(bytes);
        }
        expect(parse(text).diagnostics.length > 0).toBe(parseConfig(text, 'f').diagnostics.length > 0);
      }),
    );
  });
});
