import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { type Diagnostic, type SourcePosition, type SourceRange } from '#libs/kernel';
import { deepest, tooDeepInJson, tooDeepInYaml } from './too-deep.js';

/** Where something stands in a document: `['regions', 0, 'realm']`. */
export type Path = readonly (string | number)[];

/** A text as its author wrote it: its value, and where each part of the value stands (found on demand, O(text)). */
export interface SourceText {
  readonly value: unknown;
  /** What keeps it from being read at all. */
  readonly diagnostics: readonly Diagnostic[];
  /** The range of the value at `path`, or of the nearest part around it that is there. */
  rangeOf(path: Path): SourceRange;
}

/** Reads JSON, or YAML 1.2 where the text is no JSON; nothing deeper than 200 levels. Never throws. */
export function readSourceText(text: string, filename: string): SourceText {
  const source = text.replace(/^\uFEFF/, '');
  let located: { readonly document: Document; readonly lines: LineCounter } | undefined;
  const locate = () => {
    if (located) return located;
    const lines = new LineCounter();
    const document: Document = parseDocument(source, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
    });
    return (located = { document, lines });
  };
  const rangeOf = (path: Path): SourceRange => {
    const { document, lines } = locate();
    let node: unknown = document.contents;
    for (let length = path.length; length > 0; length -= 1) {
      const found: unknown = document.getIn(path.slice(0, length), true);
      if (!isNode(found)) continue;
      node = found;
      break;
    }
    const [start, end] = (isNode(node) ? node.range : null) ?? [0, 0];
    return range(source, filename, lines, start, end);
  };
  const json = readJson(source);
  const deep = json ? tooDeepInJson(source) : tooDeepInYaml(source);
  if (deep !== null) {
    const lines = linesOf(source);
    const subject = range(source, filename, lines, deep, deep + 1);
    const diagnostic: Diagnostic = {
      severity: 'error',
      code: 'region-data/too-deep',
      summary: `This lies deeper than ${deepest} levels`,
      detail: 'Write it flatter.',
      subject,
    };
    return { value: null, diagnostics: [diagnostic], rangeOf: () => subject };
  }
  if (json) return { value: json.value, diagnostics: [], rangeOf };
  const { document, lines } = locate();
  const diagnostics = document.errors.slice(0, 1).map((error): Diagnostic => ({
    severity: 'error',
    code: 'region-data/syntax',
    summary: 'This is neither JSON nor YAML',
    detail: `${error.message}. Mend the text at this place.`,
    subject: range(source, filename, lines, error.pos[0], error.pos[1]),
  }));
  if (diagnostics.length > 0) return { value: null, diagnostics, rangeOf };
  try {
    return { value: document.toJS({ maxAliasCount: 100 }), diagnostics: [], rangeOf };
  } catch (error) {
    const detail = `${(error as Error).message}. Write the values out instead of referring to them.`;
    return {
      value: null,
      diagnostics: [
        {
          severity: 'error',
          code: 'region-data/syntax',
          summary: 'This YAML refers to too much',
          detail,
          subject: rangeOf([]),
        },
      ],
      rangeOf,
    };
  }
}

function readJson(text: string): { readonly value: unknown } | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
}

function range(text: string, filename: string, lines: LineCounter, start: number, end: number): SourceRange {
  return { filename, start: place(text, lines, start), end: place(text, lines, end) };
}

function place(text: string, lines: LineCounter, offset: number): SourcePosition {
  const { line, col } = lines.linePos(offset);
  const column = line === 0 ? 1 : graphemes(text.slice(lines.lineStarts[line - 1] ?? 0, offset)) + 1;
  return {
    line: Math.max(1, line),
    column: line === 0 ? Math.max(1, col) : column,
    byte: Buffer.byteLength(text.slice(0, offset)),
  };
}

const segmenter = new Intl.Segmenter();
const graphemes = (text: string): number => [...segmenter.segment(text)].length;
