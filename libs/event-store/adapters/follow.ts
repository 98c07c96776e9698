import { type RecordedEvent } from '#libs/kernel';
import { type SubscribeOptions, type SubscriptionItem } from '../port/event-store.js';

/** What a subscription needs of a log whose positions are numbers from 0 without gaps. */
export interface FollowedLog {
  /** Position of the last event that readers may see; -1 in an empty log. */
  head(): number;
  /** Matching events of `(after, after + limit]`; `last` is the last position looked at. */
  page(
    after: number,
    limit: number,
    types: ReadonlySet<string> | null,
  ): { readonly events: readonly RecordedEvent[]; readonly last: number };
  /** Resolves when the head may have moved beyond `after`, or when the signal aborts. */
  moved(after: number, signal: AbortSignal): Promise<void>;
}

const PAGE = 512;

/**
 * Catch-up and live in one: always reads from the log, at the reader's own pace, so that a slow one costs no memory.
 * Ends when the signal aborts or the log closes.
 */
export async function* follow(
  log: FollowedLog,
  options: SubscribeOptions,
  closed: AbortSignal,
): AsyncGenerator<SubscriptionItem> {
  const signal = options.signal ? AbortSignal.any([options.signal, closed]) : closed;
  const types = options.types ? new Set(options.types) : null;
  let at = options.after === undefined ? -1 : Number(options.after);
  const goal = log.head();
  let caughtUp = false;
  const ended = () => signal.aborted;
  while (!ended()) {
    if (!caughtUp && at >= goal) {
      caughtUp = true;
      yield { kind: 'caught-up', position: BigInt(Math.max(at, -1)) };
      continue;
    }
    if (at >= log.head()) {
      await log.moved(at, signal);
      continue;
    }
    const { events, last } = log.page(at, PAGE, types);
    for (const event of events) {
      yield { kind: 'event', event };
      if (ended()) return;
    }
    const seen = events.length > 0 ? Number(events[events.length - 1]!.position) : -1;
    if (last > at && seen < last) yield { kind: 'passed', position: BigInt(last) };
    at = Math.max(at, last);
  }
}
