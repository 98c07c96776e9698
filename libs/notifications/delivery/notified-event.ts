import { type RecordedEvent } from '#libs/kernel';
import { type NotifiedEvent } from '../contract/index.js';

/** Of a committed import only what was recorded: who wants its events reads them. */
export function notifiedEvent(event: RecordedEvent): NotifiedEvent {
  const { id, type, stream, revision, position, recordedAt, metadata } = event;
  const data: unknown =
    type === 'RegionDataImported' ? { ...(event.data as object), events: undefined } : event.data;
  return {
    id,
    type,
    stream,
    revision: revision.toString(),
    position: position.toString(),
    recordedAt,
    actor: metadata.actor,
    ticket: metadata.ticket ?? null,
    data,
  };
}
