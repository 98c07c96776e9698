import { STRING } from '../../values/type.js';
import { parameter, text } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { quote } from '../quote.js';
import { digits, formatOffset, localTime, type LocalTime, parseTimestamp } from './timestamp.js';

export const formatdate: StrictFunction = {
  name: 'formatdate',
  description: 'A timestamp (RFC 3339) in another form, such as "DD MMM YYYY hh:mm ZZZ".',
  params: [parameter('format', STRING), parameter('time', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([pattern, time]) => {
    let timestamp;
    try {
      timestamp = parseTimestamp(time as string, false);
    } catch (error) {
      throw new FunctionError((error as Error).message, 1);
    }
    const local = localTime(timestamp);
    // Runs of one letter are verbs, what stands in apostrophes is literal ('' is an apostrophe), and so is everything else.
    const parts = (pattern as string).match(/''|'(?:[^']|'')*'?|([a-zA-Z])\1*|[^'a-zA-Z]+/g) ?? [];
    return text(parts.map((part) => format(part, local, timestamp.offset)).join(''));
  },
};

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

function format(part: string, t: LocalTime, offset: number): string {
  if (part.startsWith("'")) return literal(part);
  const { length } = part;
  const number = (n: number): string | undefined =>
    length === 1 ? String(n) : length === 2 ? digits(n) : undefined;
  const name = (names: readonly string[], i: number): string | undefined =>
    length === 3 ? (names[i] as string).slice(0, 3) : length === 4 ? names[i] : undefined;
  switch (part[0]) {
    case 'Y':
      return (
        (length === 2 ? digits(t.year % 100) : length === 4 ? digits(t.year, 4) : undefined) ??
        invalid(part, 'year must either be "YY" or "YYYY"')
      );
    case 'M':
      return (
        number(t.month) ??
        name(MONTHS, t.month - 1) ??
        invalid(part, 'month must be "M", "MM", "MMM", or "MMMM"')
      );
    case 'D':
      return number(t.day) ?? invalid(part, 'day of month must either be "D" or "DD"');
    case 'E':
      return name(DAYS, t.weekday) ?? invalid(part, 'day of week must either be "EEE" or "EEEE"');
    case 'h':
      return number(t.hour) ?? invalid(part, '24-hour must either be "h" or "hh"');
    case 'H':
      return number(t.hour % 12 || 12) ?? invalid(part, '12-hour must either be "H" or "HH"');
    case 'A':
    case 'a': {
      if (length !== 2) return invalid(part, `must be "${part[0]}${part[0]}"`);
      const half = t.hour < 12 ? 'AM' : 'PM';
      return part[0] === 'A' ? half : half.toLowerCase();
    }
    case 'm':
      return number(t.minute) ?? invalid(part, 'minute must either be "m" or "mm"');
    case 's':
      return number(t.second) ?? invalid(part, 'second must either be "s" or "ss"');
    case 'Z':
      return zone(length, offset) ?? invalid(part, 'timezone must be Z, ZZZZ, or ZZZZZ');
    default:
      if (!/[a-zA-Z]/.test(part)) return part;
      throw new FunctionError(`invalid date format verb ${quote(part)}`, 0);
  }
}

function zone(length: number, offset: number): string | undefined {
  switch (length) {
    case 1:
      return formatOffset(offset, ':', 'Z');
    case 3:
      return formatOffset(offset, '', 'UTC');
    case 4:
      return formatOffset(offset, '');
    case 5:
      return formatOffset(offset, ':');
    default:
      return undefined;
  }
}

function literal(part: string): string {
  if (part === "''") return "'";
  if (part.length === 1 || !part.endsWith("'")) throw new FunctionError("unterminated literal '", 0);
  return part.slice(1, -1).replaceAll("''", "'");
}

function invalid(part: string, rule: string): never {
  throw new FunctionError(`invalid date format verb ${quote(part)}: ${rule}`, 0);
}
