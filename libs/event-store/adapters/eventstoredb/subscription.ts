import {
  eventTypeFilter,
  START,
  type AllStreamRecordedEvent,
  type Credentials,
  type EventStoreDBClient,
  type Position,
} from '@eventstore/db-client';
import { StoreUnavailable, type SubscribeOptions, type SubscriptionItem } from '../../port/event-store.js';
import { Doorbell } from '../doorbell.js';
import { recorded } from './stored-event.js';

/** Something to tell once the events before it have been. */
interface Mark {
  eventsBefore: number;
  readonly item: SubscriptionItem;
}

/**
 * One subscription to `$all` for as long as the connection lasts, at the reader's pace. The client tells of checkpoints and of
 * having caught up as soon as it receives them, while events still wait to be read: here each comes in its place. Throws when
 * the connection ends.
 */
export async function* subscription(
  client: EventStoreDBClient,
  { after, types }: SubscribeOptions,
  credentials: Credentials,
  ended: AbortSignal,
): AsyncGenerator<SubscriptionItem> {
  const bell = new Doorbell();
  const marks: Mark[] = [];
  let failure: unknown = null;
  const mark = (item: SubscriptionItem) => {
    const eventsBefore = feed.readableLength;
    const before = marks[marks.length - 1];
    // One of a kind between two events says it all: there are no more than two marks for each event that waits.
    if (before?.item.kind === item.kind && before.eventsBefore === eventsBefore) marks.pop();
    marks.push({ eventsBefore, item });
    bell.ring();
  };
  const regex = types ? `^(?:${types.map(escaped).join('|')})$` : '^[^$].*';
  const feed = client.subscribeToAll({
    fromPosition: after === undefined ? START : { commit: after, prepare: after },
    credentials,
    filter: eventTypeFilter({
      regex,
      checkpointInterval: 1,
      checkpointReached: (_subscription: unknown, { prepare }: Position) => {
        mark({ kind: 'passed', position: prepare });
      },
    }),
  });
  feed.on('caughtUp', () => {
    mark({ kind: 'caught-up', position: -1n });
  });
  feed.on('readable', () => {
    bell.ring();
  });
  for (const end of ['end', 'close'] as const) {
    feed.on(end, () => {
      failure ??= new StoreUnavailable('the server ended the subscription');
      bell.ring();
    });
  }
  feed.on('error', (error: unknown) => {
    failure ??= error;
    bell.ring();
  });
  const isOver = () => ended.aborted;
  let last = after ?? -1n;
  try {
    while (!isOver()) {
      if (marks[0]?.eventsBefore === 0) {
        const { item } = marks.shift()!;
        if (item.kind !== 'passed' || item.position > last) yield item;
        continue;
      }
      const read = feed.read() as { readonly event?: AllStreamRecordedEvent } | null;
      if (read) {
        for (const waiting of marks) waiting.eventsBefore -= 1;
        const position = read.event?.position.prepare;
        // After a reconnection the server may begin with what was delivered already.
        if (position === undefined || position <= last) continue;
        last = position;
        const event = recorded(read.event);
        yield event ? { kind: 'event', event } : { kind: 'passed', position };
        continue;
      }
      if (failure !== null) throw failure as Error;
      await bell.wait(ended);
    }
  } finally {
    void feed.unsubscribe().catch(() => undefined);
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
