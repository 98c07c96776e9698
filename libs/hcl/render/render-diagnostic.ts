import { type Diagnostic, type SourceRange } from '../../kernel/diagnostic.js';
import { segmenter } from '../syntax/segmenter.js';
import { graphemeCount, SourceText } from '../syntax/source.js';

export interface RenderOptions {
  /** ANSI colours. */
  readonly color?: boolean;
  /** Columns at which what is said is wrapped; source lines never are. */
  readonly columns?: number;
}

/** A source text, or how to find one by its name; undefined where it is not to be had. */
export type Sources = string | Uint8Array | ((filename: string) => string | Uint8Array | undefined);

/** Most lines of one place that are shown. */
const MAX_LINES = 5;

/**
 * A diagnostic for the terminal: what is wrong, the lines it is about with carets under the place, why and how to mend it,
 * and the other places that matter. Shows source text only, never values. Ends with a newline.
 */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  sources: Sources,
  options: RenderOptions = {},
): string {
  const paint = painter(options.color === true);
  const error = diagnostic.severity === 'error';
  const accent = error ? 'red' : 'yellow';
  const lines: string[] = [
    `${paint(accent, paint('bold', error ? 'Error: ' : 'Warning: '))}${paint('bold', diagnostic.summary)}`,
    '',
  ];
  const { subject, context } = diagnostic;
  if (subject !== undefined) {
    lines.push(...snippet(subject, context, sources, (text) => paint(accent, text), paint), '');
  }
  lines.push(...wrapped(diagnostic.detail, (options.columns ?? Infinity) - 2), '');
  for (const { message, range } of diagnostic.related ?? [])
    lines.push(
      `${paint('bold', 'See')} ${message}:`,
      ...snippet(range, undefined, sources, (text) => paint('cyan', text), paint),
      '',
    );
  const gutter = paint(accent, '│');
  const body = lines.slice(0, -1).map((line) => (line === '' ? gutter : `${gutter} ${line}`));
  return `${paint(accent, '╷')}\n${body.flatMap((line) => line.split('\n')).join('\n')}\n${paint(accent, '╵')}\n`;
}

/** Lines of at most so many characters, broken between words where there is room. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + word.length >= columns) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

type Style = 'red' | 'yellow' | 'cyan' | 'bold' | 'dim';
const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  red: [31, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  bold: [1, 22],
  dim: [2, 22],
};

function painter(color: boolean): (style: Style, text: string) => string {
  return (style, text) => {
    const [on, off] = CODES[style];
    return color ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  };
}

function snippet(
  range: SourceRange,
  context: SourceRange | undefined,
  sources: Sources,
  mark: (text: string) => string,
  paint: (style: Style, text: string) => string,
): string[] {
  const { filename, start, end } = range;
  const where = `${filename}:${start.line}:${start.column}`;
  const text = typeof sources === 'function' ? sources(filename) : sources;
  const arrow = `  ${paint('dim', '-->')} ${where}`;
  if (text === undefined) return [arrow];
  const source = new SourceText(text, filename);
  // An end at the beginning of a line belongs to the line before.
  const lastLine = end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
  const from =
    context !== undefined && start.line - context.start.line < MAX_LINES ? context.start.line : start.line;
  const to = Math.min(lastLine, start.line + MAX_LINES - 1);
  const shown = source.lines(Math.min(from, start.line), to);
  const first = Math.min(from, start.line);
  const width = String(to).length;
  const margin = (label: string): string => paint('dim', `${label.padStart(width + 2)} │ `);
  const out = [arrow];
  shown.forEach((line, i) => {
    const number = first + i;
    const left = number === start.line ? start.column - 1 : leadingBlanks(line);
    const seen = clipped(line, left);
    out.push(`${margin(String(number))}${seen.text}`);
    if (number < start.line) return;
    const columns = graphemeCount(seen.text);
    const right = number === end.line ? end.column - 1 - seen.before : columns;
    const length = Math.max(1, Math.min(right, columns) - (left - seen.before));
    out.push(`${margin('')}${blanks(seen.text, left - seen.before)}${mark('^'.repeat(length))}`);
  });
  if (to < lastLine) out.push(margin('…').trimEnd());
  return out;
}

/** Most of one line that is shown, and how much of it before the place that matters. */
const MAX_COLUMNS = 160;
const BEFORE = 40;

/** A line as it is shown; `before` is by how many columns places in it move to the left. */
function clipped(line: string, left: number): { readonly text: string; readonly before: number } {
  if (line.length <= MAX_COLUMNS) return { text: line, before: 0 };
  const clusters = Array.from(segmenter().segment(line), ({ segment }) => segment);
  if (clusters.length <= MAX_COLUMNS) return { text: line, before: 0 };
  const from = left < MAX_COLUMNS - BEFORE ? 0 : left - BEFORE;
  const to = from + MAX_COLUMNS;
  const text = clusters.slice(from, to).join('');
  return {
    text: `${from > 0 ? '…' : ''}${text}${to < clusters.length ? '…' : ''}`,
    before: from > 0 ? from - 1 : 0,
  };
}

const leadingBlanks = (line: string): number => line.length - line.trimStart().length;

/** Blanks as wide as the first graphemes of a line; tabs stay, so that carets stand under their text. */
function blanks(line: string, count: number): string {
  let out = '';
  for (const { segment } of segmenter().segment(line)) {
    if (out.length >= count) break;
    out += segment === '\t' ? '\t' : ' ';
  }
  return out.padEnd(count);
}

/** As editors take it (Language Server Protocol): lines and UTF-16 units from 0. */
export interface EditorDiagnostic {
  readonly range: EditorRange;
  readonly severity: 1 | 2;
  readonly code?: string;
  readonly source: 'cios';
  readonly message: string;
  readonly relatedInformation?: readonly {
    readonly location: { readonly uri: string; readonly range: EditorRange };
    readonly message: string;
  }[];
}
export interface EditorRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** Columns are turned into UTF-16 units where the source is at hand, and taken for them elsewhere. */
export function editorDiagnostic(
  diagnostic: Diagnostic,
  sources: Sources,
  uriOf: (filename: string) => string,
): EditorDiagnostic {
  const rangeOf = (range: SourceRange | undefined): EditorRange => {
    if (range === undefined) return { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const text = typeof sources === 'function' ? sources(range.filename) : sources;
    const source = text === undefined ? undefined : new SourceText(text, range.filename);
    const place = ({ line, column }: SourceRange['start']): { line: number; character: number } => {
      const before = source?.lines(line, line)[0];
      if (before === undefined) return { line: line - 1, character: column - 1 };
      const graphemes = [...segmenter().segment(before)].slice(0, column - 1);
      const character = graphemes.reduce((sum, { segment }) => sum + segment.length, 0);
      return { line: line - 1, character };
    };
    return { start: place(range.start), end: place(range.end) };
  };
  const { summary, detail, severity, code, related } = diagnostic;
  return {
    range: rangeOf(diagnostic.subject),
    severity: severity === 'error' ? 1 : 2,
    ...(code !== undefined && { code }),
    source: 'cios',
    message: `${summary}: ${detail}`,
    ...(related && {
      relatedInformation: related.map(({ message, range }) => ({
        location: { uri: uriOf(range.filename), range: rangeOf(range) },
        message,
      })),
    }),
  };
}
