import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
import { type RecordedEvent } from '#libs/kernel';
import { boundedTest } from './bounded-regex.js';
import { wireName } from './wire-event.js';

/** Events looked at between two checkpoints where a subscriber does not say. */
const WINDOW = 32;

export interface EventFilter {
  matches(event: RecordedEvent): boolean;
  /** Events that may pass by before a checkpoint is due. */
  readonly window: number;
}

/** Throws a TypeError where its regular expression is none. */
export function filterOf(options: Streams.ReadReq.Options): EventFilter | null {
  const filter = options.getFilter();
  if (!filter) return null;
  const expression = filter.getEventType() ?? filter.getStreamIdentifier();
  const subject = filter.hasEventType()
    ? ({ type }: RecordedEvent) => type
    : ({ stream }: RecordedEvent) => wireName(stream);
  const window =
    (filter.hasMax() ? filter.getMax() : WINDOW) * Math.max(1, filter.getCheckpointintervalmultiplier());
  const prefixes = expression?.getPrefixList() ?? [];
  const pattern = expression?.getRegex() ?? '';
  if (pattern !== '') {
    const isMatch = boundedTest(regexOf(pattern));
    return { matches: (event) => isMatch(subject(event)), window };
  }
  return { matches: (event) => prefixes.some((prefix) => subject(event).startsWith(prefix)), window };
}

function regexOf(pattern: string): RegExp {
  // Without `u` it may escape what needs no escape, as clients in other languages do.
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      continue;
    }
  }
  throw new TypeError(`${pattern} is no regular expression`);
}
