import { type Diagnostic } from '../../kernel/diagnostic.js';
import { type AttributeNode, type BlockNode, type BodyNode } from './node.js';
import { type Isolation } from './parser.js';
import { scan } from './scan.js';
import { type SourceText, utf8Length } from './source.js';
import { CLOSERS, OPENERS, T } from './token.js';

/** What one reading of a text found. */
export interface Reading {
  readonly root: BodyNode;
  readonly source: SourceText;
  readonly diagnostics: readonly Diagnostic[];
}

/** Most faults that are isolated in one file; from there on they are reported as they come. */
const MAX_FAULTS = 20;

/**
 * Reads a text so that one fault neither hides nor spoils the rest. The reference reads on behind a fault as brackets and quotes
 * lead it, and after a forgotten one they lead to the end of the file. Here the argument with the first fault is blanked out and
 * the text read again, until there is none: its end is where the next line with no deeper indentation begins something new, as
 * `cios fmt` lays texts out. Each fault is told once; a blanked argument is in the tree, and unknown.
 *
 * A text without faults is read once. O(length × faults), of which there are at most 20.
 */
export function isolateFaults(
  source: SourceText,
  read: (source: SourceText, isolation: Isolation) => Reading,
): Reading {
  const isolation = { blanked: new Set<number>(), closedBefore: new Set<number>() };
  const told: Diagnostic[] = [];
  let reading = read(source, isolation);
  let reached = 0;
  while (told.length < MAX_FAULTS) {
    const fault = firstFault(reading.diagnostics);
    if (fault === undefined) break;
    const found = isolate(reading, fault, isolation);
    // Nothing is gained where the same place is at fault again.
    if (found === undefined || found.line <= reached) break;
    reached = found.line;
    told.push(found.diagnostic);
    reading = read(found.source, isolation);
  }
  return { ...reading, diagnostics: [...told, ...reading.diagnostics] };
}

const isFault = ({ code, severity }: Diagnostic): boolean =>
  severity === 'error' && (code === 'hcl/syntax' || code === 'hcl/invalid-token');

const lineOf = ({ subject }: Diagnostic): number => subject!.start.line;

/** The first one; but of a block that does not end only where nothing else is at fault, for that may be why. */
function firstFault(diagnostics: readonly Diagnostic[]): Diagnostic | undefined {
  const rank = ({ summary, subject }: Diagnostic): number =>
    summary === UNCLOSED ? Infinity : subject!.start.byte;
  let first: Diagnostic | undefined;
  for (const diagnostic of diagnostics)
    if (isFault(diagnostic) && (first === undefined || rank(diagnostic) < rank(first))) first = diagnostic;
  return first;
}

interface Isolated {
  readonly source: SourceText;
  readonly diagnostic: Diagnostic;
  /** Of the fault's item, from 1; between two lines for what is missing between them. */
  readonly line: number;
}

function isolate(
  { root, source }: Reading,
  fault: Diagnostic,
  isolation: { readonly blanked: Set<number>; readonly closedBefore: Set<number> },
): Isolated | undefined {
  const at = lineOf(fault);
  const { item, lone } = itemAt(root, source, at);
  if (item?.kind === 'block' && fault.summary === UNCLOSED) return closeBlock(source, item, fault, isolation);
  if (item?.kind !== 'attribute') {
    const last = lastLineOf(source, at);
    return {
      source: blank(source, source.lineStart(at), source.lineStart(last + 1)),
      diagnostic: fault,
      line: at,
    };
  }
  const line = source.position(item.start).line;
  let last = source.position(item.end).line;
  // What brackets lead to, if they close; else what the layout says.
  if (unclosed(source, item.equals + 1, item.end) !== undefined)
    last = Math.min(last, lastLineOf(source, line));
  const end = source.lineEnd(last);
  const open = at > last ? unclosed(source, item.equals + 1, end) : undefined;
  if (lone) isolation.blanked.add(item.start);
  return {
    source: blank(source, lone ? item.equals + 1 : source.lineStart(line), end),
    diagnostic: open === undefined ? fault : unclosedBracket(source, item, open, last + 1),
    line,
  };
}

const UNCLOSED = 'Unclosed configuration block';

/** The last item that begins on a line or above it, as far as the line is still its own; `lone`: no block shares its line. */
function itemAt(
  body: BodyNode,
  source: SourceText,
  line: number,
  above?: BlockNode,
): { readonly item: AttributeNode | BlockNode | undefined; readonly lone: boolean } {
  const lineAt = (offset: number): number => source.position(offset).line;
  const item = body.items.findLast(({ start }) => lineAt(start) <= line);
  if (item === undefined)
    return { item: above && lineAt(above.start) === line ? above : undefined, lone: true };
  if (item.kind === 'block') {
    if (lineAt(item.start) === line) {
      const inner = item.body.items[0];
      if (inner === undefined || lineAt(inner.start) !== line) return { item, lone: true };
    }
    return lineAt(item.end) >= line ? itemAt(item.body, source, line, item) : { item: undefined, lone: true };
  }
  // An end at the beginning of a line is that of the line before.
  if (lineAt(Math.max(item.start, item.end)) < line) return { item: undefined, lone: true };
  return { item, lone: above === undefined || lineAt(above.start) !== lineAt(item.start) };
}

/** An argument, a block, or what was to become one. */
const ITEM = /^\s*[\p{ID_Start}_][\p{ID_Continue}-]*[ \t]*(=(?![=>])|[{"]|[\p{ID_Start}_][^(]*$)/u;
const CLOSER = /^\s*[)\]}]/u;

/** The last line of the item that begins on a line, by the layout alone. */
function lastLineOf(source: SourceText, line: number): number {
  const indentation = (text: string): number => text.length - text.trimStart().length;
  const own = indentation(source.lines(line, line)[0] ?? '');
  let last = line;
  for (let next = line + 1; next <= source.lineCount; next++) {
    const [text = ''] = source.lines(next, next);
    if (text.trim() === '') continue;
    const deep = indentation(text);
    if (deep < own) break;
    if (deep === own && ITEM.test(text)) break;
    last = next;
    if (deep === own && CLOSER.test(text)) break;
  }
  return last;
}

/** Where the innermost bracket or quote begins that a stretch of text opens and does not close, if there is one. */
function unclosed(source: SourceText, start: number, end: number): number | undefined {
  // A heredoc ends with its last line.
  const { kinds, starts } = scan(source.text.slice(start, end + 1));
  const open: { readonly at: number; readonly closer: number }[] = [];
  for (const [i, kind] of kinds.entries()) {
    const closer = CLOSERS.get(kind);
    if (closer !== undefined) open.push({ at: start + starts[i]!, closer });
    else if (kind === open.at(-1)?.closer) open.pop();
    else if (kind === T.QuotedNewline || OPENERS.has(kind)) break;
  }
  return open.at(-1)?.at;
}

const WORDS: Readonly<Record<string, readonly [name: string, closer: string]>> = {
  '(': ['parenthesis', ')'],
  '[': ['bracket', ']'],
  '{': ['brace', '}'],
  '"': ['quote', '"'],
  '<': ['heredoc', 'its marker on a line of its own'],
  $: ['template sequence', '}'],
  '%': ['template sequence', '}'],
};

function unclosedBracket(source: SourceText, item: AttributeNode, open: number, next: number): Diagnostic {
  const [name, closer] = WORDS[source.text[open]!]!;
  const before = next <= source.lineCount ? `before line ${next}` : 'before the end of the file';
  return {
    severity: 'error',
    code: 'hcl/unclosed',
    summary: `Unclosed ${name}`,
    detail: `The value of "${item.name}" opens a ${name} here that is not closed ${before}. Add ${closer} where it ends.`,
    subject: source.range(open, open + 1),
    context: source.range(item.start, open + 1),
  };
}

/** A block whose brace is missing ends where something as little indented begins. */
function closeBlock(
  source: SourceText,
  block: BlockNode,
  fault: Diagnostic,
  isolation: { readonly closedBefore: Set<number> },
): Isolated | undefined {
  const line = source.position(block.start).line;
  const next = lastLineOf(source, line) + 1;
  const [text] = source.lines(next, next);
  if (text === undefined || !ITEM.test(text)) return undefined;
  isolation.closedBefore.add(source.lineStart(next) + text.length - text.trimStart().length);
  return {
    source,
    line: next - 0.5,
    diagnostic: {
      ...fault,
      code: 'hcl/unclosed',
      detail: `The block that begins here has no closing brace before line ${next}, where something with the same indentation begins. Add } above that line.`,
      subject: source.range(block.start, block.typeEnd),
      context: source.range(block.start, block.open + 1),
    },
  };
}

/** The same text with spaces for a stretch of it: as many as it has bytes, so that lines and bytes stay. */
function blank(source: SourceText, start: number, end: number): SourceText {
  const { text } = source;
  const spaces = text.slice(start, end).replaceAll(/[^\r\n]+/g, (stretch) => ' '.repeat(utf8Length(stretch)));
  return source.withText(text.slice(0, start) + spaces + text.slice(end));
}
