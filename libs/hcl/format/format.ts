import { type Diagnostic } from '../../kernel/diagnostic.js';
import { checkTokens } from '../syntax/invalid-tokens.js';
import { type BodyNode } from '../syntax/node.js';
import { Parser } from '../syntax/parser.js';
import { scan } from '../syntax/scan.js';
import { SourceText } from '../syntax/source.js';
import { T, type Tokens } from '../syntax/token.js';
import { layOut, type LayoutToken } from './layout.js';

/**
 * The text in the layout of `terraform fmt`: indentation, spaces, aligned equals signs and comments, labels in quotes, and
 * `"${x}"` as an attribute's whole value unwrapped. Formatting twice changes nothing. A text that does not parse is not
 * formatted: `text` is then undefined and the diagnostics say why. O(length).
 */
export function format(
  source: string | Uint8Array,
  filename: string,
): { text: string | undefined; diagnostics: readonly Diagnostic[] } {
  const text = new SourceText(source, filename);
  const tokens = scan(text.text);
  const parser = new Parser(text, tokens);
  const body = parser.parseBody(T.EOF);
  const diagnostics = [...checkTokens(text, tokens), ...parser.diagnostics];
  if (diagnostics.length > 0) return { text: undefined, diagnostics };
  const rewriter = new Rewriter(text.text, tokens);
  rewriter.body(body, []);
  const result = rewriter.result();
  layOut(result);
  return { text: result.map((token) => ' '.repeat(token.spaces) + token.text).join(''), diagnostics };
}

/** Replaces runs of tokens: unwrapped values and labels. */
class Rewriter {
  private readonly tokens: LayoutToken[];
  /** First token → what stands in its place, and the token after the run. */
  private readonly replacements = new Map<
    number,
    { readonly by: readonly LayoutToken[]; readonly next: number }
  >();

  constructor(
    text: string,
    private readonly source: Tokens,
  ) {
    const { kinds, starts, ends } = source;
    let last = 0;
    this.tokens = kinds.map((kind, i) => {
      const token = { kind, text: text.slice(starts[i], ends[i]), spaces: starts[i]! - last };
      last = ends[i]!;
      return token;
    });
  }

  result(): LayoutToken[] {
    const out: LayoutToken[] = [];
    for (let i = 0; i < this.tokens.length;) {
      const replacement = this.replacements.get(i);
      if (replacement === undefined) out.push(this.tokens[i++]!);
      else {
        out.push(...replacement.by);
        i = replacement.next;
      }
    }
    return out;
  }

  body(body: BodyNode, within: readonly string[]): void {
    for (const item of body.items) {
      if (item.kind === 'attribute') {
        const from = this.at(item.value.start);
        const next = this.at(item.value.end);
        const given = this.tokens.slice(from, next);
        const isType = within.length === 1 && within[0] === 'variable' && item.name === 'type';
        const by = isType ? typeTokens(given) : unwrapped(given);
        if (by !== given) this.replacements.set(from, { by, next });
        continue;
      }
      const from = this.at(item.typeEnd);
      const next = this.at(item.open);
      const labels = item.labels.flatMap(({ text }) => quoted(text));
      if (item.labels.length > 0) this.replacements.set(from, { by: labels, next });
      this.body(item.body, [...within, item.type]);
    }
  }

  /** The first token that starts at or behind an offset. */
  private at(offset: number): number {
    return lowerBound(this.source.starts, offset);
  }
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const plain = (kind: number, text: string): LayoutToken => ({ kind, text, spaces: 0 });

function quoted(label: string): LayoutToken[] {
  const literal = label === '' ? [] : [plain(T.QuotedLit, escapeQuoted(label))];
  return [plain(T.OQuote, '"'), ...literal, plain(T.CQuote, '"')];
}

/** A string's content between quotes in the native syntax. */
export function escapeQuoted(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if ((c === '$' || c === '%') && text[i + 1] === '{') {
      out += `${c}${c}`;
      continue;
    }
    const code = text.codePointAt(i)!;
    if (code > 0xffff) {
      out += PRINTABLE.test(String.fromCodePoint(code))
        ? String.fromCodePoint(code)
        : `\\U${code.toString(16).padStart(8, '0')}`;
      i++;
      continue;
    }
    out += SHORT[c] ?? (PRINTABLE.test(c) ? c : `\\u${code.toString(16).padStart(4, '0')}`);
  }
  return out;
}

const SHORT: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
};
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** `"${x}"` as `x`, however often it is wrapped, so that once is enough. The same array where there is nothing to unwrap. */
function unwrapped(tokens: readonly LayoutToken[]): readonly LayoutToken[] {
  let result = tokens;
  for (let next = unwrappedOnce(result); next !== result; next = unwrappedOnce(result)) result = next;
  return result;
}

/** In parentheses where it goes over several lines. */
function unwrappedOnce(tokens: readonly LayoutToken[]): readonly LayoutToken[] {
  const last = tokens.length - 1;
  if (
    tokens.length < 5 ||
    tokens[0]!.kind !== T.OQuote ||
    tokens[1]!.kind !== T.TemplateInterp ||
    tokens[last - 1]!.kind !== T.TemplateSeqEnd ||
    tokens[last]!.kind !== T.CQuote
  )
    return tokens;
  let inside = tokens.slice(2, -2);
  let quotes = 0;
  for (const { kind } of inside) {
    if (kind === T.OQuote) quotes++;
    else if (kind === T.CQuote) quotes--;
    else if (quotes === 0 && (kind === T.TemplateInterp || kind === T.TemplateSeqEnd || kind === T.QuotedLit))
      return tokens;
  }
  while (inside[0]?.kind === T.Newline) inside = inside.slice(1);
  while (inside[inside.length - 1]?.kind === T.Newline) inside = inside.slice(0, -1);
  const multiline = inside.some(({ kind }) => kind === T.Newline);
  const parenthesised = inside[0]?.kind === T.OParen && inside[inside.length - 1]?.kind === T.CParen;
  if (!multiline || parenthesised) return inside;
  return [plain(T.OParen, '('), ...inside, plain(T.CParen, ')')];
}

/** The type of a `variable` block, in the notation of today. */
function typeTokens(tokens: LayoutToken[]): readonly LayoutToken[] {
  const constructor = (name: string, element: string): LayoutToken[] => [
    plain(T.Ident, name),
    plain(T.OParen, '('),
    plain(T.Ident, element),
    plain(T.CParen, ')'),
  ];
  if (tokens.length === 1 && /^(list|map|set)$/.test(tokens[0]!.text))
    return constructor(tokens[0]!.text, 'any');
  if (tokens.length === 3 && tokens[0]!.kind === T.OQuote && tokens[1]!.kind === T.QuotedLit) {
    const { text } = tokens[1]!;
    if (text === 'string') return [plain(T.Ident, 'string')];
    if (text === 'list' || text === 'map') return constructor(text, 'string');
  }
  return tokens;
}
