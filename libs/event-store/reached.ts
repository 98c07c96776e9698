import { refuse, Refused } from '#libs/kernel';
import { type EventStore } from './port/event-store.js';

/** The position, if the log has come so far; refuses `position/unknown` where not: it is another log's, or of one that was restored. */
export async function reached(events: EventStore, position: bigint): Promise<bigint> {
  const head = (await events.head()) ?? 0n;
  if (position <= head) return position;
  throw new Refused(
    refuse('position/unknown', `the log is at position ${head}, not yet at ${position}`, {
      fix: `begin again, or at ${head}: after another log, or one that was restored, what was read does not count`,
    }),
  );
}
