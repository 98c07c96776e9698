import { type SourcePosition, type SourceRange } from '../../kernel/diagnostic.js';
import { segmenter } from './segmenter.js';

const ASCII = /^\p{ASCII}*$/u;
/** No character before it extends another one. */
const FIRST_COMBINING = 0x300;
const CONTROL = /[\r\n]/;

/**
 * A source text and its positions. The engine counts in UTF-16 offsets; lines, columns (grapheme clusters) and bytes are
 * worked out only for what is asked for. Bytes that are not UTF-8 are kept as lone surrogates U+DC80…U+DCFF.
 */
export class SourceText {
  readonly text: string;
  private readonly firstByte: number;
  /** Whether the text is ASCII alone, and so in normal form C. */
  readonly ascii: boolean;
  private lineStarts: number[] | undefined = undefined;
  private lineBytes: number[] | undefined = undefined;
  private cachedLine = -1;
  private cachedColumns: number[] | undefined = undefined;
  /** Where a token begins with what would otherwise belong to the character before it. */
  private joints: readonly number[] = [];

  constructor(
    source: string | Uint8Array,
    readonly filename: string,
    /** Where the text begins within a larger one. */
    private readonly base: SourcePosition = { line: 1, column: 1, byte: 0 },
  ) {
    let text = typeof source === 'string' ? source : decode(source);
    this.firstByte = base.byte;
    if (text.charCodeAt(0) === 0xfeff) {
      text = text.slice(1);
      this.firstByte += 3;
    }
    this.text = text;
    this.ascii = ASCII.test(text);
  }

  range(start: number, end: number): SourceRange {
    return { filename: this.filename, start: this.position(start), end: this.position(end) };
  }

  /** O(log lines), and O(line) where the line is not ASCII. */
  position(offset: number): SourcePosition {
    const starts = (this.lineStarts ??= findLines(this.text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    const lineStart = starts[low]!;
    const firstColumn = low === 0 ? this.base.column : 1;
    const line = this.base.line + low;
    if (this.ascii)
      return {
        line,
        column: firstColumn + this.asciiColumns(lineStart, offset),
        byte: this.firstByte + offset,
      };
    const before = this.text.slice(lineStart, offset);
    const bytes = (this.lineBytes ??= this.countLineBytes(starts));
    return {
      line,
      column: firstColumn + this.columns(low, lineStart, offset),
      byte: this.firstByte + bytes[low]! + utf8Length(before),
    };
  }

  /** From here on clusters are counted token by token: none reaches over where one starts. O(tokens). */
  countApart(starts: readonly number[]): void {
    if (this.ascii) return;
    this.joints = starts.filter((start) => this.text.charCodeAt(start) >= FIRST_COMBINING);
    this.cachedLine = -1;
  }

  /** Text of the lines from `first` to `last`, both from 1, without their ends. */
  lines(first: number, last: number): string[] {
    const starts = (this.lineStarts ??= findLines(this.text));
    const out: string[] = [];
    for (let i = first - this.base.line; i <= last - this.base.line && i < starts.length; i++)
      out.push(this.text.slice(starts[i], starts[i + 1] ?? this.text.length).replace(/\r?\n$/, ''));
    return out;
  }

  get lineCount(): number {
    return this.base.line - 1 + (this.lineStarts ??= findLines(this.text)).length;
  }

  /** Offset at which a line begins; of a line behind the last one, the text's end. */
  lineStart(line: number): number {
    return (this.lineStarts ??= findLines(this.text))[line - this.base.line] ?? this.text.length;
  }

  /** Offset of a line's end, before its newline. */
  lineEnd(line: number): number {
    return this.lineStart(line) + (this.lines(line, line)[0]?.length ?? 0);
  }

  /** Another text at the same place. */
  withText(text: string): SourceText {
    return new SourceText(text, this.filename, { ...this.base, byte: this.firstByte });
  }

  private asciiColumns(lineStart: number, offset: number): number {
    // "\r\n" is one cluster, so an offset between the two does not occur; after them a new line begins.
    return offset - lineStart;
  }

  private columns(line: number, lineStart: number, offset: number): number {
    if (this.cachedLine !== line) {
      this.cachedLine = line;
      const end = this.lineStarts![line + 1] ?? this.text.length;
      this.cachedColumns = [];
      let joint = lowerBound(this.joints, lineStart + 1);
      for (let from = lineStart; from < end;) {
        const to = Math.min(this.joints[joint++] ?? end, end);
        for (const { index } of segmenter().segment(this.text.slice(from, to)))
          this.cachedColumns.push(from - lineStart + index);
        from = to;
      }
    }
    return lowerBound(this.cachedColumns!, offset - lineStart);
  }

  private countLineBytes(starts: readonly number[]): number[] {
    const bytes: number[] = [];
    let sum = 0;
    starts.forEach((start, i) => {
      bytes.push(sum);
      sum += utf8Length(this.text.slice(start, starts[i + 1] ?? this.text.length));
    });
    return bytes;
  }
}

/** How many of the sorted numbers are less than a value. */
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

function findLines(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
}

/** Bytes in UTF-8; a lone surrogate stands for one bad byte. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else if (code >= 0xd800 && code <= 0xdbff && isLow(text.charCodeAt(i + 1))) {
      bytes += 2;
      i++;
    } else if (code < 0xd800 || code > 0xdfff) bytes += 2;
  }
  return bytes;
}

const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

/** Number of grapheme clusters. */
export function graphemeCount(text: string): number {
  if (ASCII.test(text) && !CONTROL.test(text)) return text.length;
  let count = 0;
  for (const _ of segmenter().segment(text)) count++;
  return count;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return decodeBroken(bytes);
  }
}

function decodeBroken(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let out = '';
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i]!;
    const length =
      first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    let piece: string | undefined;
    if (length > 0) {
      try {
        piece = decoder.decode(bytes.subarray(i, i + length));
      } catch {
        piece = undefined;
      }
    }
    if (piece === undefined) out += String.fromCharCode(0xdc00 + bytes[i++]!);
    else {
      out += piece;
      i += length;
    }
  }
  return out;
}
