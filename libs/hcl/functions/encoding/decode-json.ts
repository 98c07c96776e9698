import { parseNumber } from '../../number/index.js';
import { nfc, wellFormed } from '../../values/text.js';
import { equalTypes, type Type } from '../../values/type.js';
import { makeObject, NULL, TupleValue, typeOf, type Value } from '../../values/value.js';
import { FunctionError } from '../function.js';
import { quote, quoteCharacter } from '../quote.js';

const MAX_DEPTH = 1000;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * A JSON document as a value: numbers with all their digits, arrays as tuples, objects as objects. Of equal keys the last
 * counts, and all must have one type. Throws FunctionError with the messages of Go's decoder. O(length).
 */
export function decodeJson(source: string): Value {
  const reader = new JsonReader(source);
  const value = reader.value(0);
  if (reader.hasMore()) throw new FunctionError('extraneous data after JSON object');
  return value;
}

class JsonReader {
  private at = 0;

  constructor(private readonly source: string) {}

  hasMore(): boolean {
    const next = this.peek();
    return next !== undefined && next !== ']' && next !== '}';
  }

  value(depth: number): Value {
    if (depth > MAX_DEPTH) throw new FunctionError('exceeded max depth');
    const next = this.peek();
    switch (next) {
      case undefined:
        throw new FunctionError('EOF');
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return nfc(this.string());
      case 't':
        return this.literal('true', true);
      case 'f':
        return this.literal('false', false);
      case 'n':
        return this.literal('null', NULL);
    }
    if (next === '-' || (next >= '0' && next <= '9')) return this.number();
    throw this.invalid('looking for beginning of value');
  }

  private object(depth: number): Value {
    this.at++;
    const members = new Map<string, Value>();
    const types = new Map<string, Type>();
    for (let first = true; ; first = false) {
      const next = this.peek();
      if (next === undefined) throw new FunctionError('EOF');
      if (next === '}') {
        this.at++;
        return makeObject(members);
      }
      if (!first) {
        if (next !== ',') throw this.invalid('after object key:value pair');
        this.at++;
        if (this.peek() === undefined) throw new FunctionError('EOF');
      }
      if (this.peek() !== '"') throw this.invalid(first ? '' : 'looking for beginning of object key string');
      const key = nfc(this.string());
      const colon = this.peek();
      if (colon === undefined) throw new FunctionError('EOF');
      if (colon !== ':') throw this.invalid('after object key');
      this.at++;
      const value = this.value(depth + 1);
      const type = typeOf(value);
      const earlier = types.get(key);
      if (earlier !== undefined && !equalTypes(earlier, type)) {
        throw new FunctionError(`duplicate ${quote(key)} property in JSON object`);
      }
      types.set(key, type);
      members.set(key, value);
    }
  }

  private array(depth: number): Value {
    this.at++;
    const items: Value[] = [];
    for (let first = true; ; first = false) {
      const next = this.peek();
      if (next === undefined) throw new FunctionError('EOF');
      if (next === ']') {
        this.at++;
        return new TupleValue(items);
      }
      if (!first) {
        if (next !== ',') throw this.invalid('after array element');
        this.at++;
      }
      items.push(this.value(depth + 1));
    }
  }

  private string(): string {
    const start = this.at++;
    for (;;) {
      const unit = this.source.charCodeAt(this.at);
      if (Number.isNaN(unit)) throw new FunctionError('unexpected EOF');
      if (unit < 0x20) throw this.invalid('in string literal');
      if (unit === 34) break;
      if (unit === 92) this.escape();
      else this.at++;
    }
    this.at++;
    return wellFormed(JSON.parse(this.source.slice(start, this.at)) as string);
  }

  private escape(): void {
    this.at++;
    const kind = this.source[this.at];
    if (kind === undefined) throw new FunctionError('unexpected EOF');
    if (kind !== 'u') {
      if (!'"\\/bfnrt'.includes(kind)) throw this.invalid('in string escape code');
      this.at++;
      return;
    }
    this.at++;
    for (let i = 0; i < 4; i++, this.at++) {
      const digit = this.source[this.at];
      if (digit === undefined) throw new FunctionError('unexpected EOF');
      if (!/[0-9a-fA-F]/.test(digit)) throw this.invalid('in \\u hexadecimal character escape');
    }
  }

  private number(): Value {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.source);
    if (match === null) {
      this.at++;
      throw this.atEnd() ?? this.invalid('in numeric literal');
    }
    this.at += match[0].length;
    const next = this.source[this.at];
    const torn = next === '.' ? !/[.eE]/.test(match[0]) : /^[eE]$/.test(next ?? '') && !/[eE]/.test(match[0]);
    if (torn) {
      this.at++;
      if (next !== '.' && /[+-]/.test(this.source[this.at] ?? '')) this.at++;
      const where =
        next === '.' ? 'after decimal point in numeric literal' : 'in exponent of numeric literal';
      throw this.atEnd() ?? this.invalid(where);
    }
    const value = parseNumber(match[0]);
    if (value === undefined) throw new FunctionError('a number is required');
    return value;
  }

  private literal(word: string, value: Value): Value {
    for (let i = 0; i < word.length; i++, this.at++) {
      const character = this.source[this.at];
      if (character === undefined) throw new FunctionError('unexpected EOF');
      if (character !== word[i]) {
        throw this.invalid(`in literal ${word} (expecting ${quoteCharacter(word[i] as string)})`);
      }
    }
    return value;
  }

  private atEnd(): FunctionError | undefined {
    return this.at >= this.source.length ? new FunctionError('unexpected EOF') : undefined;
  }

  /** The next character that is not white space, which is skipped. */
  private peek(): string | undefined {
    while (' \t\r\n'.includes(this.source[this.at] ?? '!')) this.at++;
    return this.source[this.at];
  }

  private invalid(where: string): FunctionError {
    const character = String.fromCodePoint(this.source.codePointAt(this.at) ?? 0);
    return new FunctionError(`invalid character ${quoteCharacter(character)} ${where}`.trimEnd());
  }
}
