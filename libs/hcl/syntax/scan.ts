import { T, type Tokens } from './token.js';

export type ScanMode = 'config' | 'template' | 'identifier';

const ID_START = /^[\p{ID_Start}_]$/u;
// The joiners and middle dots became part of ID_Continue with Unicode 15.1, long after the reference's tables.
const ID_CONTINUE = /^(?!\u200c|\u200d|\u30fb|\uff65)[\p{ID_Continue}-]$/u;

// ASCII: 1 may start an identifier, 2 may continue one, 4 digit.
const CLASS = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const letter = (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;
  const digit = c >= 48 && c <= 57;
  CLASS[c] = (letter ? 3 : 0) | (digit ? 6 : 0) | (c === 45 ? 2 : 0);
}

const SINGLE = new Map<number, number>([
  [0x5b, T.OBrack],
  [0x5d, T.CBrack],
  [0x28, T.OParen],
  [0x29, T.CParen],
  [0x2e, T.Dot],
  [0x2c, T.Comma],
  [0x2a, T.Star],
  [0x2f, T.Slash],
  [0x25, T.Percent],
  [0x2b, T.Plus],
  [0x2d, T.Minus],
  [0x3d, T.Equal],
  [0x3c, T.LessThan],
  [0x3e, T.GreaterThan],
  [0x21, T.Bang],
  [0x3f, T.Question],
  [0x3a, T.Colon],
  [0x26, T.BitwiseAnd],
  [0x7c, T.BitwiseOr],
  [0x7e, T.BitwiseNot],
  [0x5e, T.BitwiseXor],
  [0x3b, T.Semicolon],
  [0x60, T.Backtick],
  [0x27, T.Apostrophe],
]);
const SINGLE_TABLE = new Uint8Array(128);
for (const [c, kind] of SINGLE) SINGLE_TABLE[c] = kind;

/**
 * The tokens of a text. Never fails: what is no token becomes `Invalid` and the like. `singleQuotes` takes '…' on one line
 * for a string (offsets of the opening marks are added to it). O(length).
 */
export function scan(text: string, mode: ScanMode = 'config', singleQuotes?: number[]): Tokens {
  return new Scanner(text, singleQuotes).run(mode);
}

/** Most tokens that there is room for from the start. */
const MOST_ROOM = 1 << 16;

interface Heredoc {
  readonly marker: string;
  startOfLine: boolean;
}

class Scanner {
  private readonly kinds: number[];
  private readonly starts: number[];
  private readonly ends: number[];
  private count = 0;
  private at = 0;
  private braces = 0;
  // Brace levels at which a closing brace ends a template sequence, and what to go back to there.
  private readonly returns: number[] = [];
  private readonly modes: ('main' | 'quoted' | 'heredoc' | 'bare' | 'identifier')[] = [];
  private readonly heredocs: Heredoc[] = [];

  constructor(
    private readonly text: string,
    private readonly singleQuotes: number[] | undefined,
  ) {
    // Hardly a text has more tokens than half its characters; lists that grow would be copied again and again.
    const room = Math.min(text.length >> 1, MOST_ROOM);
    this.kinds = new Array<number>(room);
    this.starts = new Array<number>(room);
    this.ends = new Array<number>(room);
  }

  run(mode: ScanMode): Tokens {
    this.modes.push(mode === 'config' ? 'main' : mode === 'template' ? 'bare' : 'identifier');
    while (this.at < this.text.length) {
      switch (this.modes[this.modes.length - 1]) {
        case 'main':
          this.main();
          break;
        case 'quoted':
          this.quoted();
          break;
        case 'heredoc':
          this.heredoc();
          break;
        case 'bare':
          this.bare();
          break;
        default:
          this.identifier();
      }
    }
    this.push(T.EOF, this.text.length, this.text.length);
    for (const list of [this.kinds, this.starts, this.ends]) list.length = this.count;
    return { kinds: this.kinds, starts: this.starts, ends: this.ends };
  }

  private push(kind: number, start: number, end: number): void {
    const i = this.count++;
    this.kinds[i] = kind;
    this.starts[i] = start;
    this.ends[i] = end;
    this.at = end;
  }

  private identifierEnd(start: number): number {
    const { text } = this;
    if (start >= text.length) return start;
    let c = text.charCodeAt(start);
    let i = start;
    if (c < 128) {
      if ((CLASS[c]! & 1) === 0) return start;
      i++;
    } else {
      const char = String.fromCodePoint(text.codePointAt(start)!);
      if (!ID_START.test(char)) return start;
      i += char.length;
    }
    for (; i < text.length;) {
      c = text.charCodeAt(i);
      if (c < 128) {
        if ((CLASS[c]! & 2) === 0) break;
        i++;
      } else {
        const char = String.fromCodePoint(text.codePointAt(i)!);
        if (!ID_CONTINUE.test(char)) break;
        i += char.length;
      }
    }
    return i;
  }

  /** Runs until the mode changes or the text ends. */
  private main(): void {
    const { text } = this;
    const { length } = text;
    while (this.at < length) {
      const start = this.at;
      const c = text.charCodeAt(start);
      if (c === 0x20 || c === 0x09) {
        this.at++;
        continue;
      }
      if (c >= 128) {
        const end = this.identifierEnd(start);
        if (end > start) this.push(T.Ident, start, end);
        else this.invalid(start);
        continue;
      }
      const kind = CLASS[c]!;
      if (kind & 1) {
        this.push(T.Ident, start, this.identifierEnd(start));
        continue;
      }
      if (kind & 4) {
        this.number(start);
        continue;
      }
      const next = text.charCodeAt(start + 1);
      switch (c) {
        case 0x0a:
          this.push(T.Newline, start, start + 1);
          continue;
        case 0x0d:
          if (next === 0x0a) this.push(T.Newline, start, start + 2);
          else this.push(T.Invalid, start, start + 1);
          continue;
        case 0x22: // "
          this.push(T.OQuote, start, start + 1);
          this.modes.push('quoted');
          return;
        case 0x7b: // {
          this.push(T.OBrace, start, start + 1);
          this.braces++;
          continue;
        case 0x7d: // }
          if (this.closeBrace(start, start + 1, T.CBrace)) return;
          continue;
        case 0x23: // #
          this.lineComment(start);
          continue;
        case 0x2f: // /
          if (next === 0x2f) {
            this.lineComment(start);
            continue;
          }
          if (next === 0x2a) {
            const end = text.indexOf('*/', start + 2);
            if (end >= 0) {
              this.push(T.Comment, start, end + 2);
              continue;
            }
          }
          break;
        case 0x3d: // =
          if (next === 0x3d) {
            this.push(T.EqualOp, start, start + 2);
            continue;
          }
          if (next === 0x3e) {
            this.push(T.FatArrow, start, start + 2);
            continue;
          }
          break;
        case 0x21: // !
          if (next === 0x3d) {
            this.push(T.NotEqual, start, start + 2);
            continue;
          }
          break;
        case 0x3e: // >
          if (next === 0x3d) {
            this.push(T.GreaterThanEq, start, start + 2);
            continue;
          }
          break;
        case 0x3c: // <
          if (next === 0x3d) {
            this.push(T.LessThanEq, start, start + 2);
            continue;
          }
          if (next === 0x3c && this.beginHeredoc(start)) return;
          break;
        case 0x26: // &
          if (next === 0x26) {
            this.push(T.And, start, start + 2);
            continue;
          }
          break;
        case 0x7c: // |
          if (next === 0x7c) {
            this.push(T.Or, start, start + 2);
            continue;
          }
          break;
        case 0x3a: // :
          if (next === 0x3a) {
            this.push(T.DoubleColon, start, start + 2);
            continue;
          }
          break;
        case 0x2e: // .
          if (next === 0x2e && text.charCodeAt(start + 2) === 0x2e) {
            this.push(T.Ellipsis, start, start + 3);
            continue;
          }
          break;
        case 0x7e: // ~
          if (next === 0x7d) {
            if (this.closeBrace(start, start + 2, T.TemplateSeqEnd)) return;
            continue;
          }
          break;
        case 0x27: // '
          if (this.singleQuotes !== undefined && this.singleQuoted(start)) continue;
          break;
      }
      const single = SINGLE_TABLE[c]!;
      if (single !== 0) this.push(single, start, start + 1);
      else this.invalid(start);
    }
  }

  /** Whether the mode changed. */
  private closeBrace(start: number, end: number, otherwise: number): boolean {
    const ends = this.returns.length > 0 && this.returns[this.returns.length - 1] === this.braces;
    this.push(ends ? T.TemplateSeqEnd : otherwise, start, end);
    this.braces--;
    if (!ends) return false;
    this.returns.pop();
    this.modes.pop();
    return true;
  }

  private number(start: number): void {
    const { text } = this;
    let i = start + 1;
    for (;;) {
      const c = text.charCodeAt(i);
      if ((c >= 48 && c <= 57) || c === 46) {
        i++;
        continue;
      }
      if (c === 0x65 || c === 0x45) {
        let j = i + 1;
        const sign = text.charCodeAt(j);
        if (sign === 0x2b || sign === 0x2d) j++;
        const digit = text.charCodeAt(j);
        if (digit >= 48 && digit <= 57) {
          i = j + 1;
          continue;
        }
      }
      break;
    }
    while (text.charCodeAt(i - 1) === 46) i--;
    this.push(T.NumberLit, start, i);
  }

  private lineComment(start: number): void {
    const end = this.text.indexOf('\n', start);
    this.push(T.Comment, start, end < 0 ? this.text.length : end + 1);
  }

  private beginHeredoc(start: number): boolean {
    const { text } = this;
    let i = start + 2;
    if (text.charCodeAt(i) === 0x2d) i++;
    const end = this.identifierEnd(i);
    if (end === i) return false;
    let after = end;
    if (text.charCodeAt(after) === 0x0d) after++;
    if (text.charCodeAt(after) !== 0x0a) return false;
    this.push(T.OHeredoc, start, after + 1);
    this.heredocs.push({ marker: text.slice(i, end), startOfLine: true });
    this.modes.push('heredoc');
    return true;
  }

  private singleQuoted(start: number): boolean {
    const { text } = this;
    let i = start + 1;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 0x27) break;
      if (c === 0x0a || c === 0x22) return false;
    }
    if (i >= text.length) return false;
    this.singleQuotes!.push(start);
    this.push(T.OQuote, start, start + 1);
    if (i > start + 1) this.push(T.QuotedLit, start + 1, i);
    this.push(T.CQuote, i, i + 1);
    return true;
  }

  private invalid(start: number): void {
    const code = this.text.codePointAt(start)!;
    if (code >= 0xd800 && code <= 0xdfff) this.push(T.BadUTF8, start, start + 1);
    else this.push(T.Invalid, start, start + (code > 0xffff ? 2 : 1));
  }

  /** An interpolation or directive at `at`, if there is one. */
  private sequence(): boolean {
    const { text, at } = this;
    const c = text.charCodeAt(at);
    if ((c !== 0x24 && c !== 0x25) || text.charCodeAt(at + 1) !== 0x7b) return false;
    const end = text.charCodeAt(at + 2) === 0x7e ? at + 3 : at + 2;
    this.push(c === 0x24 ? T.TemplateInterp : T.TemplateControl, at, end);
    this.braces++;
    this.returns.push(this.braces);
    const doc = this.heredocs[this.heredocs.length - 1];
    if (doc !== undefined) doc.startOfLine = false;
    this.modes.push('main');
    return true;
  }

  /** At `$` or `%`: the end of the literal that it begins, which is an escape or the one character. */
  private markEnd(at: number): number {
    const { text } = this;
    const c = text.charCodeAt(at);
    if (text.charCodeAt(at + 1) !== c || text.charCodeAt(at + 2) !== 0x7b) return at + 1;
    return text.charCodeAt(at + 3) === 0x7e ? at + 4 : at + 3;
  }

  private quoted(): void {
    const { text } = this;
    const { length } = text;
    const start = this.at;
    const c = text.charCodeAt(start);
    if (c === 0x22) {
      this.push(T.CQuote, start, start + 1);
      this.modes.pop();
      return;
    }
    if (this.sequence()) return;
    if (c === 0x0a || c === 0x0d) {
      let i = start;
      while (i < length && (text.charCodeAt(i) === 0x0a || text.charCodeAt(i) === 0x0d)) i++;
      this.push(T.QuotedNewline, start, i);
      return;
    }
    if (c === 0x24 || c === 0x25) {
      if (start + 1 >= length) this.push(T.Invalid, start, length);
      else this.push(T.QuotedLit, start, this.markEnd(start));
      return;
    }
    let i = start;
    for (; i < length; i++) {
      const d = text.charCodeAt(i);
      if (d === 0x5c) {
        const e = text.charCodeAt(i + 1);
        if (i + 1 >= length || e === 0x0a || e === 0x0d) break;
        i++;
        continue;
      }
      if (d === 0x22 || d === 0x24 || d === 0x25 || d === 0x0a || d === 0x0d) break;
      if (d >= 0xd800 && d <= 0xdfff) {
        if ((text.codePointAt(i) ?? 0) <= 0xffff) break;
        i++;
      }
    }
    if (i > start) this.push(T.QuotedLit, start, i);
    else this.invalid(start);
  }

  /** The end of a run of literal characters in a heredoc or bare template. */
  private literalEnd(start: number): number {
    const { text } = this;
    let i = start;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 0x24 || c === 0x25 || c === 0x0a) break;
      if (c === 0x0d && text.charCodeAt(i + 1) === 0x0a) break;
      if (c >= 0xd800 && c <= 0xdfff) {
        if ((text.codePointAt(i) ?? 0) <= 0xffff) break;
        i++;
      }
    }
    return i;
  }

  private heredoc(): void {
    if (this.sequence()) return;
    const { text } = this;
    const start = this.at;
    const doc = this.heredocs[this.heredocs.length - 1]!;
    const c = text.charCodeAt(start);
    let end: number;
    if (c === 0x24 || c === 0x25) {
      if (start + 1 >= text.length) {
        this.push(T.Invalid, start, text.length);
        return;
      }
      end = this.markEnd(start);
    } else {
      end = this.literalEnd(start);
      if (end === start && c !== 0x0a && c !== 0x0d) {
        this.invalid(start);
        return;
      }
    }
    let newline = end;
    if (text.charCodeAt(newline) === 0x0d && text.charCodeAt(newline + 1) === 0x0a) newline++;
    if (text.charCodeAt(newline) !== 0x0a) {
      doc.startOfLine = false;
      this.push(T.StringLit, start, end);
      return;
    }
    if (doc.startOfLine && text.slice(start, end).trim() === doc.marker) {
      this.push(T.CHeredoc, start, end);
      this.push(T.Newline, end, newline + 1);
      this.heredocs.pop();
      this.modes.pop();
      return;
    }
    doc.startOfLine = true;
    this.push(T.StringLit, start, newline + 1);
  }

  private bare(): void {
    if (this.sequence()) return;
    const { text } = this;
    const start = this.at;
    const c = text.charCodeAt(start);
    let end = c === 0x24 || c === 0x25 ? this.markEnd(start) : this.literalEnd(start);
    if (text.charCodeAt(end) === 0x0d && text.charCodeAt(end + 1) === 0x0a) end += 2;
    else if (text.charCodeAt(end) === 0x0a) end += 1;
    if (end === start) this.invalid(start);
    else this.push(T.StringLit, start, end);
  }

  private identifier(): void {
    const start = this.at;
    const end = this.identifierEnd(start);
    if (end > start) this.push(T.Ident, start, end);
    else this.invalid(start);
  }
}
