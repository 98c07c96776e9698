import { type EventStore, type NewEvent } from '#libs/event-store';
import { type RecordedEvent } from '#libs/kernel';

let next = 0;

/** Appends plain events for tests of runners, which look at no chain; answers the position of the last. */
export async function append(
  store: EventStore,
  stream: string,
  ...events: readonly { readonly type: string; readonly data: unknown }[]
): Promise<bigint> {
  const { position } = await store.append(stream, events.map(newEvent), { expected: 'any' });
  return position;
}

function newEvent({ type, data }: { readonly type: string; readonly data: unknown }): NewEvent {
  const id = `00000000-0000-4000-8000-${String(++next).padStart(12, '0')}`;
  return {
    id,
    type,
    data,
    salt: 'salt',
    metadata: {
      occurredAt: '2026-01-01T00:00:00.000Z',
      actor: 'someone',
      commandId: id,
      correlationId: `correlation-${next}`,
      dataDigest: '',
      hash: '',
      previousHash: '',
    },
  };
}

/** An event as a saga or a projection sees it, where no store is needed. */
export function recorded(stream: string, type: string, data: unknown, position: bigint): RecordedEvent {
  const event = newEvent({ type, data });
  return { ...event, stream, revision: position, position, recordedAt: event.metadata.occurredAt };
}
