import { NUMBER, STRING } from '../../values/type.js';
import { parameter } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { parseDuration } from './duration.js';
import { compareTimestamps, formatTimestamp, parseTimestamp, type Timestamp } from './timestamp.js';

const SECOND = 1_000_000_000n;

const timeadd: StrictFunction = {
  name: 'timeadd',
  description: 'The timestamp (RFC 3339) that lies a duration after the given one.',
  params: [parameter('timestamp', STRING), parameter('duration', STRING)],
  returnType: STRING,
  call: ([timestamp, duration]) => {
    const start = parseTimestamp(timestamp as string, false);
    const total =
      BigInt(start.seconds) * SECOND + BigInt(start.nanoseconds) + parseDuration(duration as string);
    const nanoseconds = ((total % SECOND) + SECOND) % SECOND;
    return formatTimestamp({
      seconds: Number((total - nanoseconds) / SECOND),
      nanoseconds: Number(nanoseconds),
      offset: start.offset,
    });
  },
};

const timecmp: StrictFunction = {
  name: 'timecmp',
  description: '-1, 0 or 1: whether the first timestamp is before, at or after the second.',
  params: [parameter('timestamp_a', STRING), parameter('timestamp_b', STRING)],
  returnType: NUMBER,
  notNull: true,
  call: ([a, b]) => compareTimestamps(argument(a as string, 0), argument(b as string, 1)),
};

function argument(source: string, index: number): Timestamp {
  try {
    return parseTimestamp(source, true);
  } catch (error) {
    throw new FunctionError((error as Error).message, index);
  }
}

export const timeFunctions: readonly StrictFunction[] = [timeadd, timecmp];
