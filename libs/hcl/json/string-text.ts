import { type SourcePosition } from '../../kernel/diagnostic.js';
import { SourceText } from '../syntax/source.js';

/** What a JSON string says, or a part of it, as a text whose places are those in the file, escapes and all. */
export class StringText extends SourceText {
  private offsets: readonly number[] | undefined;
  private readonly first: number;

  constructor(
    value: string,
    private readonly file: SourceText,
    /** Offset of the opening quote. */
    private readonly quote: number,
    /** How much of what the string says lies before the part. */
    before = 0,
  ) {
    super(value, file.filename);
    // A byte order mark is no part of the text.
    this.first = before + value.length - this.text.length;
  }

  override position(offset: number): SourcePosition {
    this.offsets ??= offsetsIn(this.file.text, this.quote, this.first + this.text.length);
    return this.file.position(this.offsets[this.first + offset]!);
  }
}

/** Where in the file each UTF-16 unit of a string stands that says at least so many, and what follows them. */
function offsetsIn(text: string, quote: number, length: number): readonly number[] {
  const offsets = [quote + 1];
  for (let at = quote + 1; offsets.length <= length;) {
    at += text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2;
    offsets.push(at);
  }
  return offsets;
}
