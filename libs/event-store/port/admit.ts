import { type EventMetadata } from '#libs/kernel';
import { AppendTooLarge, type NewEvent } from './event-store.js';

/** EventStoreDB's own limit on one append, kept by every adapter: 1 MiB. */
export const APPEND_LIMIT = 1024 * 1024;

/**
 * Of an append to others' streams, which the gateway measured as EventStoreDB does; their bytes stand in JSON strings here, where
 * one may take six.
 */
export const FOREIGN_APPEND_LIMIT = 16 * APPEND_LIMIT;

/** A string of so many characters is measured, a shorter one counted as if each took six bytes. */
const LONG = 1024;

/** Bytes that an event counts for beside its data and metadata: ids, names, framing. */
const FRAME = 200;

/**
 * What every adapter does first with an append: data normalised to what JSON can say, the whole of it measured.
 * Throws `AppendTooLarge`, and a TypeError on what JSON cannot say. Events that are plain already are returned as they are.
 */
export function admit(events: readonly NewEvent[], limit = APPEND_LIMIT): readonly NewEvent[] {
  let bound = 0;
  let plain = true;
  for (const event of events) {
    const data = atMost(event.data);
    const metadata = atMost(event.metadata);
    if (data === null || metadata === null) plain = false;
    else bound += data + metadata + FRAME;
  }
  if (plain && bound <= limit) return events;
  let bytes = 0;
  const admitted = events.map((event) => {
    const data = JSON.stringify(event.data ?? null, refuseNonJson);
    const metadata = JSON.stringify(event.metadata);
    bytes += Buffer.byteLength(data) + Buffer.byteLength(metadata) + FRAME;
    return { ...event, data: JSON.parse(data) as unknown, metadata: JSON.parse(metadata) as EventMetadata };
  });
  if (bytes > limit) throw new AppendTooLarge(bytes, limit);
  return admitted;
}

/** An upper bound of a plain value's JSON in bytes, or null where the value would change on its way through JSON. O(size). */
function atMost(value: unknown): number | null {
  switch (typeof value) {
    case 'string':
      return value.length < LONG ? value.length * 6 + 2 : Buffer.byteLength(JSON.stringify(value));
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? 25 : null;
    case 'boolean':
      return 5;
    case 'object':
      break;
    default:
      return null;
  }
  if (value === null) return 4;
  let sum = 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      const size = atMost(item);
      if (size === null) return null;
      sum += size + 1;
    }
    return sum;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return null;
  if ('toJSON' in value) return null;
  for (const key in value) {
    // What encodes records would store it under another name.
    if (key === '__proto__') throw new TypeError('an event cannot hold the key __proto__');
    const member = (value as Record<string, unknown>)[key];
    const size = atMost(member);
    if (size === null) return null;
    sum += key.length * 6 + 4 + size;
  }
  return sum;
}

function refuseNonJson(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`JSON has no ${typeof value}`);
  }
  return value;
}
