import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluate, evaluateAll } from '../testing/evaluate.js';
import { formatTimestamp, localTime, parseTimestamp } from './timestamp.js';

const known = (cases: Readonly<Record<string, unknown>>): void => expect(evaluateAll(cases)).toEqual(cases);

describe('timestamps', () => {
  it('agree with the calendar of JavaScript over all years that they can have', () => {
    const first = Date.UTC(2000, 0, 1) - 2000 * 366 * 86_400_000;
    fc.assert(
      fc.property(
        fc.date({
          min: new Date(Math.max(first, -62_135_596_800_000)),
          max: new Date(253_402_300_799_000),
          noInvalidDate: true,
        }),
        (date) => {
          const whole = new Date(Math.floor(date.getTime() / 1000) * 1000);
          const iso = whole.toISOString().replace('.000Z', 'Z');
          const timestamp = parseTimestamp(iso, false);
          expect(timestamp.seconds * 1000).toBe(whole.getTime());
          expect(formatTimestamp(timestamp)).toBe(iso);
          expect(localTime(timestamp).weekday).toBe(whole.getUTCDay());
        },
      ),
    );
  });

  it('are moved and compared', () => {
    known({
      'timeadd("2024-02-28T23:30:00Z", "45m")': '2024-02-29T00:15:00Z',
      'timeadd("2024-01-01T00:00:00+02:00", "-1.5h")': '2023-12-31T22:30:00+02:00',
      'timeadd("2024-01-01T00:00:00.9Z", "100ms")': '2024-01-01T00:00:01Z',
      'timecmp("2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00")': 0,
      'timecmp("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.1Z")': -1,
      'timecmp("2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z")': 1,
      'timeadd("2024-01-01T00:00:00Z", "1")':
        'error: Call to function "timeadd" failed: time: missing unit in duration "1".',
      'timeadd("2024-01-01T00:00:00Z", "1d")':
        'error: Call to function "timeadd" failed: time: unknown unit "d" in duration "1d".',
      'timeadd("2024-01-01T00:00:00Z", "1é")':
        'error: Call to function "timeadd" failed: time: unknown unit "\\xc3\\xa9" in duration "1\\xc3\\xa9".',
      'timeadd("2024-01-01T00:00:00Z", "x")':
        'error: Call to function "timeadd" failed: time: invalid duration "x".',
    });
  });

  it('are formatted', () => {
    known({
      'formatdate("YYYY-MM-DD", "2018-01-02T23:12:01Z")': '2018-01-02',
      'formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z")': 'Tuesday, 02-Jan-18 23:12:01 UTC',
      'formatdate("EEE D MMMM YYYY H:mmaa Z", "2018-01-02T23:12:01-08:00")':
        'Tue 2 January 2018 11:12pm -08:00',
      'formatdate("HH AA ZZZZ ZZZZZ", "2018-01-02T00:12:01+05:30")': '12 AM +0530 +05:30',
      "formatdate(\"'it''s' h 'o''clock'\", \"2018-01-02T03:00:00Z\")": "it's 3 o'clock",
      'formatdate("YYY", "2018-01-02T03:00:00Z")':
        'error: Invalid value for "format" parameter: invalid date format verb "YYY": year must either be "YY" or "YYYY".',
      'formatdate("Q", "2018-01-02T03:00:00Z")':
        'error: Invalid value for "format" parameter: invalid date format verb "Q".',
      'formatdate("\'x", "2018-01-02T03:00:00Z")':
        'error: Invalid value for "format" parameter: unterminated literal \'.',
    });
  });

  it('that are wrong are refused with the place', () => {
    const parts = {
      '2018': 'end of string where "-" is expected',
      '2018-13-01T00:00:00Z': 'cannot use "-01T00:00:00Z" as month',
      '2018-02-29T00:00:00Z': 'day out of range',
      '2018-02-01 00:00:00Z': "missing required time introducer 'T'",
      '2018-02-01T25:00:00Z': 'hour must be between 0 and 23 inclusive',
      '2018-02-01T1:00:00Z': 'hour must have exactly two digits',
      '2018-02-01T00:00:00': 'end of string before UTC offset',
      '2018-02-01T00:00:00+24:00': 'cannot use "+24:00" as UTC offset',
    };
    for (const [source, what] of Object.entries(parts)) {
      expect(evaluate(`formatdate("", "${source}")`)).toBe(
        `error: Invalid value for "time" parameter: not a valid RFC3339 timestamp: ${what.replaceAll('\\', '')}.`,
      );
    }
  });
});
