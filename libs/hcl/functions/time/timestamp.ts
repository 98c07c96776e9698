import { FunctionError } from '../function.js';
import { quote, quoteBytes } from '../quote.js';

/** A point in time with the offset that it was written in. */
export interface Timestamp {
  /** Since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
  /** Of the local time against UTC, in seconds. */
  readonly offset: number;
}

/** What clock and calendar show at the timestamp's own offset. `weekday` 0 is Sunday. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
}

export function localTime(t: Timestamp): LocalTime {
  const local = t.seconds + t.offset;
  const days = Math.floor(local / 86400);
  const rest = local - days * 86400;
  return {
    ...dateOf(days),
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
  };
}

export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return Math.sign(a.seconds - b.seconds) || Math.sign(a.nanoseconds - b.nanoseconds);
}

/** RFC 3339 with whole seconds, at the timestamp's own offset. */
export function formatTimestamp(t: Timestamp): string {
  const { year, month, day, hour, minute, second } = localTime(t);
  const date = `${digits(year, 4)}-${digits(month)}-${digits(day)}`;
  return `${date}T${digits(hour)}:${digits(minute)}:${digits(second)}${formatOffset(t.offset, ':', 'Z')}`;
}

/** ±hh:mm, or `zero` where local time is UTC. */
export function formatOffset(offset: number, separator: string, zero?: string): string {
  if (offset === 0 && zero !== undefined) return zero;
  const minutes = Math.trunc(Math.abs(offset) / 60);
  return `${offset < 0 ? '-' : '+'}${digits(Math.floor(minutes / 60))}${separator}${digits(minutes % 60)}`;
}

export const digits = (n: number, count = 2): string =>
  n < 0 ? `-${String(-n).padStart(count, '0')}` : String(n).padStart(count, '0');

/** Days since 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, chrono-compatible date algorithms). */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719468;
}

function dateOf(days: number): { year: number; month: number; day: number } {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const ofEra = z - era * 146097;
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365,
  );
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const shifted = Math.floor((5 * ofYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: year + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

function daysIn(month: number, year: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/**
 * Reads RFC 3339. `lenient` accepts, like Go's time.Parse, an hour of one digit, a comma before the fraction and offsets up
 * to +24:60. Throws FunctionError in the words of the reference implementation.
 */
export function parseTimestamp(source: string, lenient: boolean): Timestamp {
  const reader = new TimestampReader(source, lenient);
  const timestamp = reader.read();
  if (!lenient) reader.checkStrictly();
  return timestamp;
}

type Part =
  'year' | 'month' | 'day of month' | 'hour' | 'minute' | 'second' | 'UTC offset' | 'timestamp segment';

class TimestampReader {
  private rest: string;

  constructor(
    private readonly source: string,
    private readonly lenient: boolean,
  ) {
    this.rest = source;
  }

  read(): Timestamp {
    if (!/^\d{4}/.test(this.rest)) throw this.unusable('year', this.rest);
    const year = Number(this.take(4));
    this.separator('-');
    const month = this.pair('month');
    if (month < 1 || month > 12) throw this.unusable('month', this.rest);
    this.separator('-');
    const day = this.pair('day of month');
    this.separator('T');
    const hour = this.hour();
    this.separator(':');
    const minute = this.pair('minute');
    if (minute > 59) throw this.unusable('minute', this.rest);
    this.separator(':');
    const second = this.pair('second');
    if (second > 59) throw this.unusable('second', this.rest);
    const fraction = /^[.,](\d+)/.exec(this.rest);
    if (fraction !== null) this.take(fraction[0].length);
    const offset = this.offset();
    if (this.rest !== '') throw this.unusable('timestamp segment', this.rest);
    if (day < 1 || day > daysIn(month, year)) {
      throw this.invalid(
        `${this.lenient ? `parsing time ${quoteBytes(this.source)}: ` : ''}day out of range`,
      );
    }
    const nanoseconds = Number((fraction?.[1] ?? '').slice(0, 9).padEnd(9, '0'));
    const seconds = daysOf(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
    return { seconds, nanoseconds, offset };
  }

  /** What Go's parser lets pass and RFC 3339 does not. */
  checkStrictly(): void {
    const { source } = this;
    if (source[12] === ':') throw this.unusable('hour', source.slice(11, 12));
    if (source[19] === ',') throw this.unusable('timestamp segment', ',');
    if (source.endsWith('Z')) return;
    const offset = source.slice(-6);
    if (Number(offset.slice(1, 3)) > 23 || Number(offset.slice(4)) > 59)
      throw this.unusable('UTC offset', offset);
  }

  private hour(): number {
    const found = /^\d\d?/.exec(this.rest);
    if (found === null) throw this.unusable('hour', this.rest);
    const hour = Number(this.take(found[0].length));
    if (hour > 23) throw this.unusable('hour', this.rest);
    return hour;
  }

  private pair(part: Part): number {
    if (!/^\d\d/.test(this.rest)) throw this.unusable(part, this.rest);
    return Number(this.take(2));
  }

  private offset(): number {
    if (this.rest.startsWith('Z')) {
      this.take(1);
      return 0;
    }
    const match = /^([+-])(\d\d):(\d\d)/.exec(this.rest);
    if (match === null) throw this.unusable('UTC offset', this.rest);
    this.take(6);
    const [, sign, hours, minutes] = match;
    if (Number(hours) > 24 || Number(minutes) > 60) throw this.unusable('UTC offset', this.rest);
    return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
  }

  private separator(mark: string): void {
    if (this.rest.startsWith(mark)) {
      this.take(1);
      return;
    }
    if (mark === 'T') throw this.invalid("missing required time introducer 'T'");
    throw this.invalid(
      this.rest === ''
        ? `end of string where ${quote(mark)} is expected`
        : `found ${quote(this.rest)} where ${quote(mark)} is expected`,
    );
  }

  private take(count: number): string {
    const taken = this.rest.slice(0, count);
    this.rest = this.rest.slice(count);
    return taken;
  }

  private unusable(part: Part, found: string): FunctionError {
    if (found === '') return this.invalid(`end of string before ${part}`);
    if (this.lenient) return this.invalid(`cannot use ${quote(found)} as ${part}`);
    if (part === 'hour' && found.includes(':'))
      return this.invalid('hour must be between 0 and 23 inclusive');
    if (part === 'hour' && found.length !== 2) return this.invalid('hour must have exactly two digits');
    if (part === 'minute' && found.length !== 2) return this.invalid('minute must have exactly two digits');
    return this.invalid(`cannot use ${quote(found)} as ${part}`);
  }

  private invalid(what: string): FunctionError {
    return new FunctionError(`not a valid RFC3339 timestamp: ${what}`);
  }
}
