import { type Diagnostic } from '../../kernel/diagnostic.js';
import { nfc } from '../values/text.js';
import { sharedText } from './shared-text.js';
import { type SourceText } from './source.js';
import { type EscapeFault, unescape } from './string-literal.js';
import { CLOSERS, OPENERS, T, type Tokens } from './token.js';

/** Deepest nesting of expressions and blocks that is accepted; beyond it, a diagnostic. */
export const MAX_DEPTH = 400;

/** Reads scanned tokens. Faults become diagnostics, and reading goes on behind them. */
export class TokenReader {
  readonly diagnostics: Diagnostic[] = [];
  recovery = false;
  protected at = 0;
  protected newlines = true;
  protected depth = 0;
  protected tooDeep = false;

  constructor(
    readonly source: SourceText,
    protected readonly tokens: Tokens,
    protected readonly lenient = false,
  ) {
    source.countApart(tokens.starts);
  }

  // Reading. `kind` and the like tell of the token that `peek` found or `read` took.

  kind = 0;
  start = 0;
  end = 0;

  peek(): number {
    this.seek();
    return this.kind;
  }

  read(): number {
    this.at = this.seek() + 1;
    return this.kind;
  }

  /** Index of the next token that counts. */
  protected seek(): number {
    const { kinds, starts, ends } = this.tokens;
    const last = kinds.length - 1;
    let i = this.at;
    let kind: number = T.EOF;
    for (; i < last; i++) {
      kind = kinds[i]!;
      if (kind === T.Comment) {
        // A line comment takes its newline with it.
        if (!this.newlines || this.source.text.charCodeAt(ends[i]! - 1) !== 0x0a) continue;
        kind = T.Newline;
      } else if (kind === T.Newline && !this.newlines) continue;
      break;
    }
    if (i >= last) {
      i = last;
      kind = T.EOF;
    }
    this.kind = kind;
    this.start = starts[i]!;
    this.end = ends[i]!;
    return i;
  }

  protected get previousEnd(): number {
    return this.at === 0 ? this.nextEnd() : this.tokens.ends[Math.min(this.at, this.tokens.ends.length) - 1]!;
  }

  protected get previousStart(): number {
    if (this.at > 0) return this.tokens.starts[Math.min(this.at, this.tokens.starts.length) - 1]!;
    this.peek();
    return this.start;
  }

  protected nextEnd(): number {
    this.peek();
    return this.end;
  }

  text(): string {
    return this.source.text.slice(this.start, this.end);
  }

  /** A stretch of the text in normal form. */
  protected name(start: number, end: number): string {
    const text = sharedText(this.source.text, start, end);
    return this.source.ascii ? text : nfc(text);
  }

  protected isKeyword(word: string): boolean {
    return this.peek() === T.Ident && this.end - this.start === word.length && this.text() === word;
  }

  /** From here on newlines count or not; gives what was, to go back to. */
  countNewlines(count: boolean): boolean {
    const before = this.newlines;
    this.newlines = count;
    return before;
  }

  // Diagnostics

  error(
    summary: string,
    detail: string,
    start: number,
    end: number,
    context?: readonly [number, number],
  ): void {
    this.diagnostics.push({
      severity: 'error',
      code: 'hcl/syntax',
      summary,
      detail,
      subject: this.source.range(start, end),
      ...(context && { context: this.source.range(context[0], context[1]) }),
    });
  }

  protected errorHere(summary: string, detail: string, contextStart?: number): void {
    const { start, end } = this;
    this.error(summary, detail, start, end, contextStart === undefined ? undefined : [contextStart, end]);
  }

  protected warn(code: string, summary: string, detail: string, start: number, end: number): void {
    this.diagnostics.push({
      severity: 'warning',
      code,
      summary,
      detail,
      subject: this.source.range(start, end),
    });
  }

  /** Whether an error came since `mark` while the parser is lost. */
  protected lost(mark: number): boolean {
    return this.recovery && this.diagnostics.length > mark;
  }

  // Recovery

  /** Reads past the next `end` at this level; afterwards the token read is that, or the end of the text. */
  recover(end: number): number {
    const opener = OPENERS.get(end);
    this.recovery = true;
    let nest = 0;
    for (;;) {
      let kind = this.read();
      if (end === T.TemplateSeqEnd && kind === T.TemplateControl) kind = T.TemplateInterp;
      if (kind === opener) nest++;
      else if (kind === end) {
        if (nest < 1) return kind;
        nest--;
      } else if (kind === T.EOF) return kind;
    }
  }

  protected recoverOver(open: number): void {
    for (;;) {
      const kind = this.read();
      if (kind === open || kind === T.EOF) break;
    }
    this.recover(CLOSERS.get(open)!);
  }

  protected recoverAfterItem(): void {
    this.recovery = true;
    const open: number[] = [];
    for (;;) {
      switch (this.read()) {
        case T.Newline:
          if (open.length === 0) return;
          break;
        case T.EOF:
          return;
        case T.OBrace:
        case T.OBrack:
        case T.OParen:
        case T.OQuote:
        case T.OHeredoc:
        case T.TemplateInterp:
        case T.TemplateControl:
          open.push(this.kind);
          break;
        case T.CBrace:
        case T.CBrack:
        case T.CParen:
        case T.CQuote:
        case T.CHeredoc: {
          const opener = OPENERS.get(this.kind);
          while (open.length > 0 && open[open.length - 1] !== opener) open.pop();
          open.pop();
          break;
        }
        case T.TemplateSeqEnd:
          while (
            open.length > 0 &&
            open[open.length - 1] !== T.TemplateInterp &&
            open[open.length - 1] !== T.TemplateControl
          )
            open.pop();
          open.pop();
          break;
      }
    }
  }

  /** Guards the stack: begins a level, which `leave` ends; or false, as the text nests too deeply, which is reported once. */
  enter(): boolean {
    if (this.depth < MAX_DEPTH) {
      this.depth++;
      return true;
    }
    this.peek();
    if (!this.tooDeep)
      this.errorHere(
        'Nesting too deep',
        `Expressions and blocks may be nested at most ${MAX_DEPTH} levels deep. Move inner parts into values of their own.`,
      );
    this.tooDeep = true;
    this.recovery = true;
    return false;
  }

  leave(): void {
    this.depth--;
  }

  /** The text of the literal token just read. */
  literalText(): string {
    const { start, kind } = this;
    const faults: EscapeFault[] = [];
    const text = unescape(this.text(), kind === T.QuotedLit, faults);
    for (const fault of faults)
      this.error('Invalid escape sequence', fault.detail, start + fault.start, start + fault.end);
    return text;
  }

  /** A quoted string without template sequences, such as a label. */
  parseQuotedLiteral(): { text: string; start: number; end: number } {
    const summary = 'Invalid string literal';
    this.read();
    const { start } = this;
    if (this.kind !== T.OQuote) {
      this.errorHere(summary, 'A quoted string is required here.');
      return { text: '', start, end: this.end };
    }
    let text = '';
    for (;;) {
      const kind = this.read();
      switch (kind) {
        case T.CQuote:
          return { text: nfc(text), start, end: this.end };
        case T.QuotedLit:
          text += this.literalText();
          break;
        case T.TemplateControl:
        case T.TemplateInterp: {
          const mark = kind === T.TemplateControl ? '%' : '$';
          this.errorHere(
            summary,
            `Template sequences are not allowed in this string. To include a literal "${mark}", double it (as "${mark}${mark}") to escape it.`,
            start,
          );
          text += `${mark}{ ... }`;
          this.recover(T.TemplateSeqEnd);
          break;
        }
        case T.EOF:
          this.errorHere(
            'Unterminated string literal',
            'Unable to find the closing quote mark before the end of the file.',
            start,
          );
          return { text: nfc(text), start, end: this.end };
        default: {
          const { end } = this;
          this.errorHere(summary, 'This item is not valid in a string literal.', start);
          this.recover(T.CQuote);
          return { text: nfc(text), start, end };
        }
      }
    }
  }
}
