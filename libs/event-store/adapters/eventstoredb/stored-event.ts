import { jsonEvent, type AllStreamRecordedEvent, type JSONEventData } from '@eventstore/db-client';
import { type EventMetadata, type RecordedEvent } from '#libs/kernel';
import { type NewEvent } from '../../port/event-store.js';

/** Data and salt share the data field: the chain covers both, and the server knows no third. */
interface Stored {
  readonly data: unknown;
  readonly salt: string;
}

export function stored({ id, type, data, salt, metadata }: NewEvent): JSONEventData {
  return jsonEvent({ id, type, data: { data, salt }, metadata: { ...metadata } } as never);
}

/** The client's types promise more than servers give: other people's events may lack anything. */
type Given = Partial<AllStreamRecordedEvent>;

/** What a server gives for one event; null where CIOS did not write it. */
export function recorded(event: Given | undefined): RecordedEvent | null {
  if (!event?.isJson || event.type!.startsWith('$') || event.streamId!.startsWith('$')) return null;
  const { data, salt } = (event.data ?? {}) as Partial<Stored>;
  const metadata = event.metadata as Partial<EventMetadata> | undefined;
  if (typeof salt !== 'string' || typeof metadata?.hash !== 'string') return null;
  const { position } = event;
  const { revision, streamId } = event as AllStreamRecordedEvent;
  if (!position) throw new Error(`the server does not tell the position of ${streamId}@${revision}`);
  return {
    id: event.id!,
    type: event.type!,
    stream: streamId,
    revision,
    position: position.prepare,
    recordedAt: event.created!.toISOString(),
    data,
    salt,
    metadata: metadata as EventMetadata,
  };
}
