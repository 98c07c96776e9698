import { graphemeCount } from '../syntax/source.js';
import { T } from '../syntax/token.js';

/** A token with the number of spaces before it, which is all that layout changes. */
export interface LayoutToken {
  readonly kind: number;
  readonly text: string;
  spaces: number;
}

interface Line {
  lead: LayoutToken[];
  /** From an equals sign whose right side ends on the line. */
  assign: LayoutToken[];
  /** A comment behind something else. */
  comment: LayoutToken | undefined;
}

/** Sets the spaces before every token. O(tokens). */
export function layOut(tokens: readonly LayoutToken[]): void {
  const lines = linesOf(tokens);
  indent(lines);
  for (const line of lines) {
    space(line.lead);
    if (line.assign.length > 0) line.assign[0]!.spaces = 1;
    space(line.assign);
  }
  align(
    lines,
    (line) => line.assign[0],
    (line) => columns(line.lead),
  );
  align(
    lines,
    (line) => line.comment,
    (line) => columns(line.lead) + columns(line.assign),
  );
}

function endsLine({ kind, text }: LayoutToken): boolean {
  return kind === T.Newline || (kind === T.Comment && text.endsWith('\n'));
}

function nesting({ kind }: LayoutToken): number {
  switch (kind) {
    case T.OBrace:
    case T.OBrack:
    case T.OParen:
    case T.TemplateControl:
    case T.TemplateInterp:
      return 1;
    case T.CBrace:
    case T.CBrack:
    case T.CParen:
    case T.TemplateSeqEnd:
      return -1;
    default:
      return 0;
  }
}

const net = (tokens: readonly LayoutToken[]): number =>
  tokens.reduce((sum, token) => sum + nesting(token), 0);

function linesOf(tokens: readonly LayoutToken[]): Line[] {
  const lines: Line[] = [];
  let lead: LayoutToken[] = [];
  const finish = (): void => {
    lines.push(cells(lead));
    lead = [];
  };
  for (const token of tokens) {
    if (token.kind === T.EOF) break;
    lead.push(token);
    if (endsLine(token)) finish();
  }
  finish();
  return lines;
}

function cells(tokens: LayoutToken[]): Line {
  let lead = tokens;
  let comment: LayoutToken | undefined;
  if (lead.length > 1 && lead[lead.length - 1]!.kind === T.Comment) {
    comment = lead[lead.length - 1];
    lead = lead.slice(0, -1);
  }
  const equals = lead.findIndex(({ kind }, i) => i > 0 && kind === T.Equal);
  if (equals < 0 || net(lead.slice(equals)) !== 0) return { lead, assign: [], comment };
  return { lead: lead.slice(0, equals), assign: lead.slice(equals), comment };
}

/** Two spaces for each line that opens more brackets than it closes, however many they are. */
function indent(lines: readonly Line[]): void {
  const opened: number[] = [];
  for (const { lead, assign } of lines) {
    const [first] = lead;
    if (first === undefined) continue;
    if (first.kind === T.Newline) {
      first.spaces = 0;
      continue;
    }
    const heredoc = lead.findIndex(({ kind }) => kind === T.OHeredoc);
    const change = net(heredoc < 0 ? lead : lead.slice(0, heredoc + 1)) + net(assign);
    if (change > 0) {
      first.spaces = 2 * opened.length;
      opened.push(change);
      continue;
    }
    for (let closed = -change; closed > 0 && opened.length > 0;) {
      const top = opened.pop()!;
      if (closed < top) opened.push(top - closed);
      closed = Math.max(closed - top, 0);
    }
    first.spaces = 2 * opened.length;
  }
}

function space(tokens: readonly LayoutToken[]): void {
  for (let i = 0; i + 1 < tokens.length; i++)
    tokens[i + 1]!.spaces = spaceBetween(tokens[i]!, tokens[i - 1], tokens[i + 1]!) ? 1 : 0;
}

/** What comes before a minus that is a sign. */
const BEFORE_SIGN: ReadonlySet<number> = new Set([
  T.OParen,
  T.OBrace,
  T.OBrack,
  T.Equal,
  T.Colon,
  T.Comma,
  T.Question,
  T.Plus,
  T.Star,
  T.Slash,
  T.Percent,
  T.Minus,
  T.EqualOp,
  T.NotEqual,
  T.GreaterThan,
  T.GreaterThanEq,
  T.LessThan,
  T.LessThanEq,
  T.And,
  T.Or,
  T.Bang,
]);

/** The rules in order of precedence. */
function spaceBetween(subject: LayoutToken, before: LayoutToken | undefined, after: LayoutToken): boolean {
  const s = subject.kind;
  const a = after.kind;
  if (a === T.Newline) return false;
  if (s === T.Ident && a === T.OParen) return false;
  if ((s === T.Ident && a === T.DoubleColon) || (s === T.DoubleColon && a === T.Ident)) return false;
  // Unlike `terraform fmt`, `1 .0` is not joined to another number.
  if (s === T.NumberLit && a === T.Dot) return after.spaces > 0;
  if (s === T.Dot || a === T.Dot) return false;
  if (a === T.Comma || a === T.Ellipsis) return false;
  if (s === T.Comma) return true;
  if (s === T.QuotedLit || s === T.StringLit || s === T.OQuote || s === T.OHeredoc) return false;
  if (a === T.QuotedLit || a === T.StringLit || a === T.CQuote || a === T.CHeredoc) return false;
  // `for x in [y]`, not `in[y]`.
  if (s === T.Ident && subject.text === 'in' && before?.kind === T.Ident) return true;
  if (a === T.OBrack && (s === T.Ident || s === T.NumberLit || nesting(subject) < 0)) return false;
  if (s === T.Bang) return false;
  if (s === T.Minus) return before !== undefined && !BEFORE_SIGN.has(before.kind);
  if (s === T.OBrace || a === T.CBrace) return !(s === T.OBrace && a === T.CBrace);
  if ((s === T.TemplateInterp || s === T.TemplateControl) && a === T.OBrace) return true;
  if (s === T.CBrace && a === T.TemplateSeqEnd) return true;
  if (s === T.TemplateSeqEnd && (a === T.TemplateInterp || a === T.TemplateControl)) return false;
  if (nesting(subject) > 0) return false;
  return nesting(after) >= 0;
}

function columns(tokens: readonly LayoutToken[]): number {
  return tokens.reduce((sum, { spaces, text }) => sum + spaces + graphemeCount(text), 0);
}

/** Lines that follow each other and all have the cell get it in one column. */
function align(
  lines: readonly Line[],
  cell: (line: Line) => LayoutToken | undefined,
  width: (line: Line) => number,
): void {
  let chain: { readonly token: LayoutToken; readonly width: number }[] = [];
  const close = (): void => {
    const widest = Math.max(0, ...chain.map((entry) => entry.width));
    for (const entry of chain) entry.token.spaces = widest - entry.width + 1;
    chain = [];
  };
  for (const line of lines) {
    const token = cell(line);
    if (token === undefined) close();
    else chain.push({ token, width: width(line) });
  }
  close();
}
