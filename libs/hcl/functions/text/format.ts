import { formatNumber, isWhole, type Num, toBigInt } from '../../number/index.js';
import { convert } from '../../values/convert.js';
import { refine } from '../../values/refinement.js';
import { BOOL, listOf, NUMBER, STRING, DYNAMIC } from '../../values/type.js';
import {
  isNull,
  isNumber,
  isWhollyKnown,
  ListValue,
  makeList,
  SetValue,
  TupleValue,
  unknown,
  UnknownValue,
  type Value,
} from '../../values/value.js';
import { ANYTHING, parameter, text } from '../argument.js';
import { encodeJson, quoteJson } from '../encoding/encode-json.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { graphemeCount, graphemes } from '../graphemes.js';
import { quote, quoteCharacter } from '../quote.js';
import { safePrefix } from '../safe-prefix.js';
import { utf8Length } from '../utf8.js';

const strings = listOf(STRING);
const args = parameter('args', DYNAMIC, { ...ANYTHING, allowMarked: false });

const format: StrictFunction = {
  name: 'format',
  description: 'A string made from values by a pattern like that of printf.',
  params: [parameter('format', STRING)],
  varParam: args,
  returnType: STRING,
  notNull: true,
  call: ([pattern, ...values]) => {
    const source = pattern as string;
    if (values.every(isWhollyKnown)) return text(render(source, values));
    const percent = source.indexOf('%');
    return refine(unknown(STRING), {
      notNull: true,
      prefix: safePrefix(source.slice(0, Math.max(percent, 0))),
    });
  },
};

const formatlist: StrictFunction = {
  name: 'formatlist',
  description:
    'A list of strings: a pattern like that of printf, applied to the elements of lists side by side.',
  params: [parameter('format', STRING)],
  varParam: args,
  returnType: strings,
  notNull: true,
  call: ([pattern, ...values]) => {
    const source = pattern as string;
    if (values.length === 0) return makeList(STRING, [text(render(source, []))]);
    const rows = rowsOf(values);
    if (rows === undefined) return unknown(strings);
    return makeList(
      STRING,
      rows.map((row, i) => {
        if (!row.every(isWhollyKnown)) return unknown(STRING, { notNull: true });
        try {
          return text(render(source, row));
        } catch (error) {
          if (!(error instanceof FunctionError)) throw error;
          throw new FunctionError(`error on format iteration ${i}: ${error.message}`);
        }
      }),
    );
  },
};

export const formatFunctions: readonly StrictFunction[] = [format, formatlist];

/** The arguments of each iteration; undefined where an unknown sequence hides how many there are. */
function rowsOf(values: readonly Value[]): Value[][] | undefined {
  let length: number | undefined;
  let chooser = 0;
  for (const [i, value] of values.entries()) {
    const count = sequenceLength(value);
    if (count === undefined) continue;
    if (length !== undefined && count !== length) {
      throw new FunctionError(
        `argument ${i + 1} has length ${count}, which is inconsistent with argument ${chooser + 1} of length ${length}`,
        i + 1,
      );
    }
    if (length === undefined) chooser = i;
    length = count;
  }
  if (values.some(hidesLength)) return undefined;
  return Array.from({ length: length ?? 1 }, (_, row) =>
    values.map((value) => (sequenceLength(value) === undefined ? value : (value as ListValue).items[row]!)),
  );
}

function hidesLength(value: Value): boolean {
  if (value instanceof UnknownValue) return ['dynamic', 'list', 'set', 'tuple'].includes(value.type.kind);
  return value instanceof SetValue && sequenceLength(value) === undefined;
}

function sequenceLength(value: Value): number | undefined {
  if (value instanceof ListValue || value instanceof TupleValue) return value.items.length;
  if (value instanceof SetValue)
    return value.items.some((i) => !isWhollyKnown(i)) ? undefined : value.items.length;
  if (value instanceof UnknownValue && value.type.kind === 'tuple') return value.type.elements.length;
  return undefined;
}

interface Verb {
  readonly raw: string;
  /** In bytes of UTF-8. */
  readonly offset: number;
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  /** From 1. */
  readonly argument: number;
  readonly mode: string;
}

const PLACEHOLDER = /%(?:%|([0#\-+ ]*)([1-9]\d*)?(?:\.(\d*))?(?:\[([1-9]\d*)\])?([a-zA-Z]))/y;
const LARGEST_FIELD = 1_000_000;

function render(source: string, values: readonly Value[]): string {
  let out = '';
  let next = 1;
  let highest = 0;
  for (let i = 0; i < source.length;) {
    const percent = source.indexOf('%', i);
    if (percent < 0) {
      out += source.slice(i);
      break;
    }
    out += source.slice(i, percent);
    PLACEHOLDER.lastIndex = percent;
    const match = PLACEHOLDER.exec(source);
    if (match === null) throw broken(source, percent);
    const [raw, flags = '', width, precision, index, mode] = match;
    i = percent + raw.length;
    if (mode === undefined) {
      out += '%';
      continue;
    }
    const verb: Verb = {
      raw,
      offset: utf8Length(source.slice(0, percent)),
      flags,
      width: width === undefined ? undefined : Number(width),
      precision: precision === undefined ? undefined : Number(precision),
      argument: index === undefined ? next : Number(index),
      mode,
    };
    next = verb.argument + 1;
    highest = Math.max(highest, verb.argument);
    out += formatVerb(verb, values);
  }
  if (highest < values.length) {
    const used = highest === 0 ? 'no verbs in format string' : `only ${highest} used by format string`;
    throw new FunctionError(`too many arguments; ${used}`, highest + 1);
  }
  return out;
}

/** The longest correct beginning tells where a placeholder goes wrong. */
function broken(source: string, percent: number): FunctionError {
  const beginning = /^%[0#\-+ ]*(?:[1-9]\d*)?(?:\.\d*)?(?:\[(?:[1-9]\d*\]?)?)?/.exec(source.slice(percent));
  const at = percent + (beginning as RegExpExecArray)[0].length;
  const offset = utf8Length(source.slice(0, at));
  if (at >= source.length) return new FunctionError(`invalid format string starting at offset ${offset}`);
  const character = String.fromCodePoint(source.codePointAt(at) as number);
  return new FunctionError(`unrecognized format character ${quoteCharacter(character)} at offset ${offset}`);
}

function formatVerb(verb: Verb, values: readonly Value[]): string {
  const place = `${quote(verb.raw)} at ${verb.offset}`;
  const value = values[verb.argument - 1];
  if (value === undefined) {
    throw new FunctionError(
      `not enough arguments for ${place}: need index ${verb.argument} but have ${values.length} total`,
    );
  }
  if (verb.mode !== 'v' && isNull(value)) {
    throw new FunctionError(`unsupported value for ${place}: null value cannot be formatted`);
  }
  if ((verb.width ?? 0) > LARGEST_FIELD || (verb.precision ?? 0) > LARGEST_FIELD) {
    throw new FunctionError(`width and precision of ${place} may be at most ${LARGEST_FIELD}`);
  }
  const converted = <T extends Value>(type: typeof STRING): T => {
    try {
      return convert(value, type) as T;
    } catch (error) {
      throw new FunctionError(`unsupported value for ${place}: ${(error as Error).message}`);
    }
  };
  switch (verb.mode) {
    case 'v':
      return formatAsIs(verb, value, place);
    case 't':
      return String(converted<boolean>(BOOL));
    case 'b':
    case 'd':
    case 'o':
    case 'x':
    case 'X': {
      const number = converted<Num>(NUMBER);
      if (!isWhole(number)) throw new FunctionError(`unsupported value for ${place}: an integer is required`);
      return formatWhole(verb, toBigInt(number));
    }
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      return formatReal(verb, converted<Num>(NUMBER));
    case 's':
    case 'q': {
      let source = converted<string>(STRING);
      if (verb.precision !== undefined && verb.precision > 0) {
        source = graphemes(source).slice(0, verb.precision).join('');
      }
      return pad(verb, verb.mode === 'q' ? quoteJson(source) : source);
    }
    default:
      throw new FunctionError(
        `unsupported format verb ${quoteCharacter(verb.mode)} in ${quote(verb.raw)} at offset ${verb.offset}`,
      );
  }
}

function formatAsIs(verb: Verb, value: Value, place: string): string {
  if (!verb.flags.includes('#')) {
    if (typeof value === 'string') return pad(verb, value);
    if (isNumber(value)) return pad(verb, formatNumber(value, 'g', -1));
  }
  try {
    return pad(verb, encodeJson(value));
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    throw new FunctionError(`unsupported value for ${place}: ${error.message}`);
  }
}

function pad(verb: Verb, source: string): string {
  const missing = (verb.width ?? 0) - graphemeCount(source);
  if (missing <= 0) return source;
  const padding = (verb.flags.includes('0') ? '0' : ' ').repeat(missing);
  return verb.flags.includes('-') ? source + padding : padding + source;
}

const RADIX: Readonly<Record<string, number>> = { b: 2, d: 10, o: 8, x: 16, X: 16 };
const PREFIX: Readonly<Record<string, string>> = { b: '0b', d: '', o: '0', x: '0x', X: '0X' };

function formatWhole(verb: Verb, n: bigint): string {
  const { mode, flags, precision } = verb;
  let digits = (n < 0n ? -n : n).toString(RADIX[mode]);
  if (mode === 'X') digits = digits.toUpperCase();
  if (precision === 0 && digits === '0') return '';
  digits = digits.padStart(precision ?? 0, '0');
  const sign = signOf(n < 0n, flags) + (flags.includes('#') ? (PREFIX[mode] as string) : '');
  const missing = (verb.width ?? 0) - sign.length - digits.length;
  if (missing <= 0) return sign + digits;
  if (flags.includes('-')) return sign + digits + ' '.repeat(missing);
  if (flags.includes('0') && precision === undefined) return sign + '0'.repeat(missing) + digits;
  return ' '.repeat(missing) + sign + digits;
}

function formatReal(verb: Verb, n: Num): string {
  const { mode, flags } = verb;
  const places = verb.precision ?? (mode === 'g' || mode === 'G' ? -1 : 6);
  const whole = formatNumber(n, mode as 'e' | 'f' | 'g', places);
  const infinite = whole.endsWith('Inf');
  const negative = whole.startsWith('-');
  const sign = infinite && !negative && !flags.includes(' ') ? '+' : signOf(negative, flags);
  const digits = whole.replace(/^[+-]/, '');
  const missing = (verb.width ?? 0) - sign.length - digits.length;
  if (missing <= 0) return sign + digits;
  if (flags.includes('-')) return sign + digits + ' '.repeat(missing);
  if (flags.includes('0') && !infinite) return sign + '0'.repeat(missing) + digits;
  return ' '.repeat(missing) + sign + digits;
}

function signOf(negative: boolean, flags: string): string {
  if (negative) return '-';
  if (flags.includes('+')) return '+';
  return flags.includes(' ') ? ' ' : '';
}
