import { type Diagnostic, type SourcePosition } from '../kernel/diagnostic.js';
import { type Expression } from './expression.js';
import { type Traversal } from './static-expression.js';
import { localNames, qualifyLocals } from './lenient.js';
import { NativeBody } from './native-body.js';
import { NativeExpression, traversalOf } from './native-expression.js';
import { isolateFaults, type Reading } from './syntax/isolate-faults.js';
import { checkTokens } from './syntax/invalid-tokens.js';
import { type Isolation, Parser } from './syntax/parser.js';
import { scan } from './syntax/scan.js';
import { SourceText } from './syntax/source.js';
import { TemplateParser } from './syntax/template-parser.js';
import { T } from './syntax/token.js';

export interface ParseOptions {
  /**
   * Takes what FIG. 5 of the patent prints for what it means, each with a warning that says the fix: strings in single
   * quotes, a line `...`, a forgotten closing brace before a block of the same type, a local without `local.`.
   */
  readonly lenient?: boolean;
  /** Lenient: names of locals that other files of the flock define. */
  readonly locals?: Iterable<string>;
  /** Tells each fault once and keeps it from the rest of the file, also where the reference reads on at random. */
  readonly isolate?: boolean;
  /** Where the text begins within a larger one. */
  readonly start?: SourcePosition;
}

/**
 * A configuration file in the native syntax. Never throws: what cannot be parsed is reported and left out, the rest of the
 * file is there. O(length).
 */
export function parseConfig(
  source: string | Uint8Array,
  filename: string,
  options: ParseOptions = {},
): { body: NativeBody; diagnostics: readonly Diagnostic[] } {
  const text = new SourceText(source, filename, options.start);
  const lenient = options.lenient === true;
  const read = (source: SourceText, isolation?: Isolation): Reading => {
    const quotes: number[] = [];
    const tokens = scan(source.text, 'config', lenient ? quotes : undefined);
    const parser = new Parser(source, tokens, lenient, isolation);
    const root = parser.parseBody(T.EOF);
    const warnings = quotes.map((at) => singleQuotes(source, at));
    return {
      root,
      source,
      diagnostics: [...checkTokens(source, tokens), ...parser.diagnostics, ...warnings],
    };
  };
  const {
    root,
    source: parsed,
    diagnostics,
  } = options.isolate === true ? isolateFaults(text, read) : read(text);
  const body = new NativeBody(root, parsed);
  if (!lenient) return { body, diagnostics };
  const locals = new Set([...localNames(body), ...(options.locals ?? [])]);
  return { body, diagnostics: [...diagnostics, ...qualifyLocals(body, locals)] };
}

const singleQuotes = (source: SourceText, at: number): Diagnostic => ({
  severity: 'warning',
  code: 'hcl/lenient-single-quotes',
  summary: 'String in single quotes',
  detail: 'Strings are written in double quotes ("). Replace the single quotes.',
  subject: source.range(at, source.text.indexOf("'", at + 1) + 1),
});

/** One expression. Newlines within do not matter. */
export function parseExpression(
  source: string | Uint8Array | SourceText,
  filename: string,
  options: ParseOptions = {},
): { expression: Expression; diagnostics: readonly Diagnostic[] } {
  const text = textOf(source, filename, options.start);
  const tokens = scan(text.text);
  const parser = new Parser(text, tokens);
  const node = parser.parseWholeExpression();
  return {
    expression: new NativeExpression(node, text),
    diagnostics: [...checkTokens(text, tokens), ...parser.diagnostics],
  };
}

/** A template without quotes around it, such as a file's content. */
export function parseTemplate(
  source: string | Uint8Array | SourceText,
  filename: string,
  options: ParseOptions = {},
): { expression: Expression; diagnostics: readonly Diagnostic[] } {
  const text = textOf(source, filename, options.start);
  const tokens = scan(text.text, 'template');
  const parser = new Parser(text, tokens);
  const { nodes, whole, start, end } = new TemplateParser(parser).parse(T.EOF, false);
  return {
    expression: new NativeExpression(
      whole === undefined
        ? { kind: 'template', parts: nodes, start, end }
        : { kind: 'wrap', inner: whole, start, end },
      text,
    ),
    diagnostics: [...checkTokens(text, tokens), ...parser.diagnostics],
  };
}

/** `a.b[0]["c"]` alone; with `splats` also `[*]`. */
export function parseTraversal(
  source: string | Uint8Array | SourceText,
  filename: string,
  { splats = false, start }: { readonly splats?: boolean; readonly start?: SourcePosition } = {},
): { traversal: Traversal | undefined; diagnostics: readonly Diagnostic[] } {
  const text = textOf(source, filename, start);
  const tokens = scan(text.text);
  const parser = new Parser(text, tokens);
  const found = parser.parseTraversal(splats);
  return {
    traversal: found && traversalOf(found.root, found.start, found.rootEnd, found.steps, text),
    diagnostics: [...checkTokens(text, tokens), ...parser.diagnostics],
  };
}

/** A text that knows its places keeps them. */
const textOf = (
  source: string | Uint8Array | SourceText,
  filename: string,
  start: SourcePosition | undefined,
): SourceText => (source instanceof SourceText ? source : new SourceText(source, filename, start));

/** Whether a name can stand in an expression as it is. */
export function isIdentifier(name: string): boolean {
  const { kinds } = scan(name, 'identifier');
  return kinds.length === 2 && kinds[0] === T.Ident;
}
