import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Node,
  type Scalar,
} from 'yaml';
import { fromBigInt, NEGATIVE_INFINITY, parseNumber, POSITIVE_INFINITY } from '../../number/index.js';
import { convert } from '../../values/convert.js';
import { nfc } from '../../values/text.js';
import { friendlyName, STRING } from '../../values/type.js';
import { isNull, makeObject, NULL, ObjectValue, TupleValue, typeOf, type Value } from '../../values/value.js';
import { FunctionError } from '../function.js';
import { quote } from '../quote.js';
import { formatTimestamp, parseTimestamp } from '../time/timestamp.js';
import { decodeBase64 } from './base64-bytes.js';

const TAG = 'tag:yaml.org,2002:';
// YAML 1.1 has no other characters, and two breaks of lines beyond those of the package.
const CONTROL = /[^\t\n\r\x20-\x7e\x85\xa0-\ufffd\u{10000}-\u{10ffff}]/u;
const OUTER_BREAKS = /^[ \u2028\u2029]+|[ \u2028\u2029]+$/g;

/**
 * A YAML document as a value. The package `yaml` reads the syntax; what a scalar means is decided here, by the rules of
 * go-cty-yaml: booleans of YAML 1.1 (`yes`, `on`), timestamps as RFC 3339 strings, numbers with all digits, `<<` merges.
 * Throws FunctionError. O(size), every alias counted as a copy.
 */
export function decodeYaml(given: string): Value {
  if (CONTROL.test(given)) throw new FunctionError('control characters are not allowed');
  const source = given.replaceAll('\u0085', '\n');
  const lines = new LineCounter();
  const documents = parseAllDocuments(source, {
    schema: 'failsafe',
    version: '1.1',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: lines,
  });
  if ('empty' in documents || documents.length === 0)
    throw new FunctionError('on line 1, column 1: missing start of document');
  const [document, another] = documents;
  const reader = new YamlReader(lines, source);
  const error = document!.errors.find(({ message }) => !message.startsWith(TOLERATED));
  if (error !== undefined) throw reader.broken(error.message.replace(/\.?$/, ''), error.pos[0]);
  if (another !== undefined) throw reader.broken('unexpected extra content after value', another.range[0]);
  return document!.contents === null ? NULL : reader.value(document!.contents);
}

// libyaml reads `'a'# comment`.
const TOLERATED = 'Comments must be separated from other tokens';
const MAX_SIZE = 1_000_000;

class YamlReader {
  private readonly anchors = new Map<string, Value>();
  private readonly pending = new Set<string>();
  private size = 0;

  constructor(
    private readonly lines: LineCounter,
    private readonly text: string,
  ) {}

  value(node: Node): Value {
    if (++this.size > MAX_SIZE) throw new FunctionError(`the document has more than ${MAX_SIZE} values`);
    if (isAlias(node)) return this.alias(node.source, node);
    const anchor = (node as Scalar).anchor;
    if (anchor !== undefined) this.pending.add(anchor);
    const value = this.content(node);
    if (anchor !== undefined) {
      this.pending.delete(anchor);
      this.anchors.set(anchor, value);
    }
    return value;
  }

  broken(what: string, offset: number | undefined): FunctionError {
    const { line, col } = this.lines.linePos(offset ?? 0);
    // libyaml's marks count from 0, and the first line's are not shown.
    return new FunctionError(line > 1 ? `on line ${line - 1}, column ${col}: ${what}` : what);
  }

  private content(node: Node): Value {
    if (isScalar(node)) return this.scalar(node);
    if (isSeq(node)) {
      this.expectTag(node, 'seq', 'sequence');
      return new TupleValue(node.items.map((item) => this.value(item as Node)));
    }
    if (!isMap(node)) throw this.broken('unexpected content', node.range?.[0]);
    this.expectTag(node, 'map', 'mapping');
    const members = new Map<string, Value>();
    for (const { key, value } of node.items) {
      const keyNode = key as Node;
      const item = (): Value => (value === null ? NULL : this.value(value as Node));
      if (isScalar(keyNode) && isMergeKey(keyNode)) this.mergeInto(members, item(), keyNode);
      else members.set(this.key(keyNode), item());
    }
    return makeObject(members);
  }

  private key(node: Node): string {
    if (!isScalar(node)) throw this.broken('only strings are allowed as mapping keys', node.range?.[0]);
    const value = this.scalar(node, true);
    if (isNull(value)) throw this.broken('mapping key cannot be null', node.range?.[0]);
    return convert(value, STRING) as string;
  }

  private mergeInto(members: Map<string, Value>, value: Value, at: Node): void {
    const sequence = value instanceof TupleValue;
    for (const part of sequence ? value.items : [value]) {
      if (!(part instanceof ObjectValue)) {
        const where = sequence ? ' (from sequence)' : '';
        throw this.broken(`cannot merge ${friendlyName(typeOf(part))}${where} into mapping`, at.range?.[0]);
      }
      part.shape.names.forEach((name, i) => members.set(name, part.slots[i] as Value));
    }
  }

  private alias(name: string, at: Node): Value {
    const value = this.anchors.get(name);
    if (this.pending.has(name)) {
      throw this.broken(
        `cannot refer to anchor ${quote(name)} from inside its own definition`,
        at.range?.[0],
      );
    }
    if (value === undefined) throw this.broken(`reference to undefined anchor ${quote(name)}`, at.range?.[0]);
    return value;
  }

  private expectTag(node: Node, tag: string, what: string): void {
    if (node.tag === undefined || node.tag === TAG + tag) return;
    throw this.broken(`can't interpret ${what} as ${node.tag}`, node.range?.[0]);
  }

  private scalar(node: Scalar, key = false): Value {
    const source = this.sourceOf(node);
    const tag = node.tag ?? '';
    const style = node.type ?? 'PLAIN';
    const quoted = style === 'QUOTE_DOUBLE' || style === 'QUOTE_SINGLE';
    let value: Value;
    try {
      value = resolve(tag, source, quoted);
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      throw this.broken(error.message, node.range?.[0]);
    }
    const block = style === 'BLOCK_LITERAL' || style === 'BLOCK_FOLDED';
    return block && tag === '' && !key ? convert(value, STRING) : value;
  }

  /** A block that ends with the text, without a line break, has none at its end either. */
  private sourceOf(node: Scalar): string {
    const source = node.source ?? '';
    if (node.type === 'PLAIN') return source.replace(OUTER_BREAKS, '');
    const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
    const cutOff = block && (node.range?.[1] ?? 0) >= this.text.length && !/[\r\n]$/.test(this.text);
    return cutOff && source.endsWith('\n') ? source.slice(0, -1) : source;
  }
}

function isMergeKey(node: Scalar): boolean {
  return node.tag === undefined ? node.source === '<<' : node.tag === `${TAG}merge`;
}

const WORDS = new Map<string, Value>([
  ...'y Y yes Yes YES true True TRUE on On ON'.split(' ').map((word) => [word, true] as const),
  ...'n N no No NO false False FALSE off Off OFF'.split(' ').map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, NULL] as const),
  ...'.inf .Inf .INF +.inf +.Inf +.INF'.split(' ').map((word) => [word, POSITIVE_INFINITY] as const),
  ...'-.inf -.Inf -.INF'.split(' ').map((word) => [word, NEGATIVE_INFINITY] as const),
]);
const KNOWN_TAGS = ['str', 'bool', 'int', 'float', 'null', 'timestamp', 'binary'].map((name) => TAG + name);
const WHOLE = /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const REAL = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** What a scalar means, by its tag and its text. */
function resolve(tag: string, source: string, quoted: boolean): Value {
  if (tag !== '' && !KNOWN_TAGS.includes(tag)) throw new FunctionError(`unsupported tag ${quote(tag)}`);
  let kind = tag.slice(TAG.length);
  if (kind !== 'str' && kind !== 'binary' && /^(?:$|[-+0-9.yYnNtTfFoO~])/.test(source)) {
    if (quoted) return nfc(source);
    const word = WORDS.get(source);
    if (word !== undefined) return word;
    if (kind === '' && /^\.(?:nan|NaN|NAN)$/.test(source)) {
      throw new FunctionError('floating point NaN is not supported');
    }
    if (source.startsWith('.')) {
      const number = parseNumber(source);
      if (number !== undefined) return number;
    } else if (/^[-+0-9]/.test(source)) {
      const time = kind === '' || kind === 'timestamp' ? readTime(source) : undefined;
      if (time !== undefined) return time;
      if (WHOLE.test(source)) kind = 'int';
      else if (REAL.test(source)) kind = 'float';
    }
  }
  const unreadable = (): FunctionError => new FunctionError(`cannot parse ${quote(source)} as ${tag}`);
  switch (kind) {
    case 'binary':
      if (typeof decodeBase64(source) === 'number') {
        throw new FunctionError(`cannot parse ${quote(source)} as ${tag}: not valid base64`);
      }
      return nfc(source);
    case 'int':
    case 'float': {
      const number = readNumber(source.replaceAll('_', ''));
      if (number === undefined) throw unreadable();
      return number;
    }
    case 'bool': {
      const word = WORDS.get(source);
      if (typeof word !== 'boolean') throw unreadable();
      return word;
    }
    case 'timestamp': {
      const time = readTime(source);
      if (time === undefined) throw unreadable();
      return time;
    }
    case 'null':
      return NULL;
    default:
      return nfc(source);
  }
}

/** Decimal, or a whole number of at most 64 bits with a prefix for its base. */
function readNumber(source: string): Value | undefined {
  const number = parseNumber(source);
  if (number !== undefined) return number;
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.exec(source);
  if (match === null) return undefined;
  const magnitude = BigInt((match[2] as string).toLowerCase());
  if (magnitude >= 2n ** 64n) return undefined;
  return fromBigInt(match[1] === '-' ? -magnitude : magnitude);
}

/** A date, or a date and time with parts of one or two digits, as an RFC 3339 string. */
function readTime(source: string): string | undefined {
  const match =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?(Z|[+-]\d\d:\d\d)| (\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?)?$/.exec(
      source,
    );
  if (match === null) return undefined;
  const [, year, month, day, h1, m1, s1, zone = 'Z', h2, m2, s2] = match;
  const two = (part: string | undefined): string => (part ?? '0').padStart(2, '0');
  const [hour, minute, second] = [h1 ?? h2, m1 ?? m2, s1 ?? s2].map(two);
  try {
    const iso = `${year}-${two(month)}-${two(day)}T${hour}:${minute}:${second}${zone}`;
    return formatTimestamp(parseTimestamp(iso, true));
  } catch {
    return undefined;
  }
}
