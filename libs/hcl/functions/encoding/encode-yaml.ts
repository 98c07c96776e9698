import { toDecimalString } from '../../number/index.js';
import { friendlyName } from '../../values/type.js';
import {
  entriesOf,
  CapsuleValue,
  isNumber,
  MapValue,
  NullValue,
  ObjectValue,
  typeOf,
  type Value,
} from '../../values/value.js';
import { FunctionError } from '../function.js';
import { utf8Length } from '../utf8.js';

/**
 * The value as YAML in block style, byte for byte as libyaml's emitter lays it out with go-cty-yaml's choices: strings in double
 * quotes, folded beyond column 80, those of several lines as literal blocks. The value must be wholly known. O(size).
 */
export function encodeYaml(value: Value): string {
  const emitter = new Emitter();
  emitter.node(value, { root: true });
  return emitter.finish();
}

interface Place {
  readonly root?: boolean;
  readonly inMapping?: boolean;
  /** A key on the line of its value: no line breaks within. */
  readonly key?: boolean;
}

const INDENT = 2;
const WIDTH = 80;
const BREAK = /[\r\n\u0085\u2028\u2029]/;
const SPECIAL = /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const NAMED: Readonly<Record<string, string>> = {
  '\u0000': '0',
  '\u0007': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\u000b': 'v',
  '\f': 'f',
  '\r': 'r',
  '\u001b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u00a0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

/** Output with libyaml's state: where the line stands, and whether only indentation or white space is before. */
class Emitter {
  private out = '';
  private column = 0;
  private indent = -1;
  private whitespace = true;
  private indention = true;
  private openEnded = false;

  node(value: Value, place: Place): void {
    if (value instanceof NullValue) this.plain('null', place);
    else if (typeof value === 'string') this.string(value, place);
    else if (typeof value === 'boolean') this.plain(String(value), place);
    else if (isNumber(value)) this.plain(toDecimalString(value), place);
    else if (value instanceof ObjectValue || value instanceof MapValue) this.mapping(value);
    else if (value instanceof CapsuleValue || !('items' in value)) {
      throw new FunctionError(`can't marshal ${friendlyName(typeOf(value))} as YAML`);
    } else this.sequence(value.items, place);
  }

  finish(): string {
    this.indent = -1;
    this.writeIndent();
    if (this.openEnded) {
      this.indicator('...', true);
      this.writeIndent();
    }
    return this.out;
  }

  private mapping(value: ObjectValue | MapValue): void {
    const entries = entriesOf(value);
    if (entries.length === 0) {
      this.indicator('{', true, true);
      this.indicator('}', false);
      return;
    }
    const outer = this.indent;
    this.indent = outer < 0 ? 0 : outer + INDENT;
    for (const [key, item] of entries) {
      this.writeIndent();
      if (!BREAK.test(key) && utf8Length(key) <= 128) {
        this.string(key, { inMapping: true, key: true });
        this.indicator(':', false);
      } else {
        this.indicator('?', true, false, true);
        this.string(key, { inMapping: true });
        this.writeIndent();
        this.indicator(':', true, false, true);
      }
      this.node(item, { inMapping: true });
    }
    this.indent = outer;
  }

  private sequence(items: readonly Value[], { inMapping }: Place): void {
    if (items.length === 0) {
      this.indicator('[', true, true);
      this.indicator(']', false);
      return;
    }
    const outer = this.indent;
    const indentless = inMapping === true && !this.indention;
    if (outer < 0) this.indent = 0;
    else if (!indentless) this.indent = outer + INDENT;
    for (const item of items) {
      this.writeIndent();
      this.indicator('-', true, false, true);
      this.node(item, {});
    }
    this.indent = outer;
  }

  private plain(scalar: string, { root }: Place): void {
    if (!this.whitespace) this.put(' ');
    this.put(scalar);
    this.whitespace = false;
    this.indention = false;
    // A plain scalar that is the whole document needs a mark for its end.
    this.openEnded = root === true;
  }

  private string(source: string, { key }: Place): void {
    const literal =
      source.includes('\n') &&
      key !== true &&
      !source.endsWith(' ') &&
      !SPECIAL.test(source) &&
      !/ [\r\n\u0085\u2028\u2029]/.test(source);
    const outer = this.indent;
    this.indent = outer < 0 ? INDENT : outer + INDENT;
    if (literal) this.literal(source);
    else this.quoted(source, key !== true);
    this.indent = outer;
  }

  private quoted(source: string, mayFold: boolean): void {
    this.indicator('"', true);
    const characters = Array.from(source);
    let spaces = false;
    characters.forEach((character, i) => {
      if (character === ' ') {
        const inner = i > 0 && i < characters.length - 1;
        if (mayFold && !spaces && this.column > WIDTH && inner) {
          this.writeIndent();
          if (characters[i + 1] === ' ') this.put('\\');
        } else this.put(' ');
        spaces = true;
        return;
      }
      this.put(
        SPECIAL.test(character) || BREAK.test(character) || '"\\'.includes(character)
          ? escaped(character)
          : character,
      );
      spaces = false;
    });
    this.indicator('"', false);
    this.whitespace = false;
    this.indention = false;
  }

  private literal(source: string): void {
    this.indicator('|', true);
    if (/^[ \r\n\u0085\u2028\u2029]/.test(source)) this.indicator(String(INDENT), false);
    const ends = /(.)?(.)$/su.exec(source) as RegExpExecArray;
    if (!BREAK.test(ends[2] as string)) this.indicator('-', false);
    else if (ends[1] === undefined || BREAK.test(ends[1])) {
      this.indicator('+', false);
    }
    this.lineBreak();
    this.indention = true;
    this.whitespace = true;
    let breaks = true;
    for (const character of source) {
      if (BREAK.test(character)) {
        if (character === '\n') this.lineBreak();
        else {
          this.out += character;
          this.column = 0;
        }
        this.indention = true;
        breaks = true;
      } else {
        if (breaks) this.writeIndent();
        this.put(character);
        this.indention = false;
        breaks = false;
      }
    }
  }

  private writeIndent(): void {
    const indent = Math.max(this.indent, 0);
    if (!this.indention || this.column > indent || (this.column === indent && !this.whitespace))
      this.lineBreak();
    if (this.column < indent) this.put(' '.repeat(indent - this.column));
    this.whitespace = true;
    this.indention = true;
  }

  private indicator(mark: string, needsSpace: boolean, isSpace = false, isIndention = false): void {
    if (needsSpace && !this.whitespace) this.put(' ');
    this.put(mark);
    this.whitespace = isSpace;
    this.indention &&= isIndention;
    this.openEnded = false;
  }

  private put(piece: string): void {
    this.out += piece;
    this.column += piece.length;
  }

  private lineBreak(): void {
    this.out += '\n';
    this.column = 0;
  }
}

function escaped(character: string): string {
  const named = NAMED[character];
  if (named !== undefined) return `\\${named}`;
  const code = character.codePointAt(0) as number;
  const [mark, size] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `\\${mark}${code.toString(16).toUpperCase().padStart(size, '0')}`;
}
