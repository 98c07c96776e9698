import { describe, expect, it } from '@jest/globals';
import { editorDiagnostic, parseConfig, renderDiagnostic } from '../index.js';

const SOURCE = 'a = 1\n\tb = "é👩‍👩‍👧" + c\na = 2\nd = [\n  1\n  2\n]\n';
const [redefined, separator] = parseConfig(SOURCE, 'main.hcl').diagnostics;

describe('rendering diagnostics', () => {
  it('shows the place with carets, why, and the other places', () => {
    expect(renderDiagnostic(redefined!, SOURCE)).toBe(
      [
        '╷',
        '│ Error: Attribute redefined',
        '│',
        '│   --> main.hcl:3:1',
        '│   3 │ a = 2',
        '│     │ ^',
        '│',
        '│ The argument "a" was already set at main.hcl:1,1-2. Each argument may be set only once.',
        '│',
        '│ See the first definition:',
        '│   --> main.hcl:1:1',
        '│   1 │ a = 1',
        '│     │ ^',
        '╵',
        '',
      ].join('\n'),
    );
  });

  it('shows the context above a place, and nothing of files that are not to be had', () => {
    expect(renderDiagnostic(separator!, SOURCE)).toContain(
      '  4 │ d = [\n│   5 │   1\n│   6 │   2\n│     │   ^',
    );
    expect(renderDiagnostic(separator!, () => undefined)).toContain('--> main.hcl:6:3');
  });

  it('shows of long lines the part that matters, and wraps what is said', () => {
    const long = `a = [${'1, '.repeat(100)}nope(), ${'1, '.repeat(100)}]\n`;
    const at = long.indexOf('nope');
    const place = (byte: number) => ({ line: 1, column: byte + 1, byte });
    const range = { filename: 'main.hcl', start: place(at), end: place(at + 4) };
    const told = { severity: 'error', summary: 'S', detail: 'one two three four', subject: range } as const;
    const lines = renderDiagnostic(told, long, { columns: 12 }).split('\n');
    const shown = lines[4]!;
    expect(shown).toMatch(/^│ {3}1 │ ….{160}…$/);
    expect(lines[5]!.indexOf('^')).toBe(shown.indexOf('nope'));
    expect(lines[5]).toMatch(/ \^{4}$/);
    expect(lines.slice(7, 9)).toEqual(['│ one two', '│ three four']);
  });

  it('colours where asked', () => {
    expect(renderDiagnostic(redefined!, SOURCE, { color: true })).toContain('\u001b[31m^\u001b[39m');
    expect(renderDiagnostic(redefined!, SOURCE)).not.toContain('\u001b');
  });

  it('places carets by what is seen', () => {
    const at = SOURCE.indexOf('c\n');
    const range = {
      filename: 'main.hcl',
      start: { line: 2, column: 13, byte: at },
      end: { line: 2, column: 14, byte: at + 1 },
    };
    const text = renderDiagnostic({ severity: 'warning', summary: 'S', detail: 'D', subject: range }, SOURCE);
    expect(text).toContain('│ \t           ^');
    expect(
      editorDiagnostic({ severity: 'error', summary: 'S', detail: 'D', subject: range }, SOURCE, String),
    ).toEqual({
      range: { start: { line: 1, character: 19 }, end: { line: 1, character: 20 } },
      severity: 1,
      source: 'cios',
      message: 'S: D',
    });
  });
});
