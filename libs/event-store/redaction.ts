import { refuse, Refused, type CommandContext, type RecordedEvent } from '#libs/kernel';
import { chainEvents, EMPTY_CHAIN, type ChainHead, type EventRedacted } from './chain.js';
import { type EventStore } from './port/event-store.js';

/** The stream in which notices of redactions stand. */
export const redactionsStream = 'log-redactions';

/** An event store that can blank what it holds; the embedded one. */
export interface Redactable extends EventStore {
  redact(position: bigint): Promise<void>;
}

/**
 * Blanks an event's data and salt, after a notice that names it and the ticket. Repeating it changes nothing; one that was cut off
 * is finished. Throws `Refused` (`event-store/not-redactable`) for notices and seals: the proof itself stays. O(notices).
 */
export async function redactEvent(
  store: Redactable,
  event: RecordedEvent,
  { ticket, context, salt }: { ticket: string; context: CommandContext; salt: () => string },
): Promise<void> {
  if (event.stream.startsWith('log-'))
    throw new Refused(
      refuse('event-store/not-redactable', `${event.type} is part of the proof that the record is intact`, {
        fix: 'redact the event that holds the data',
      }),
    );
  let head: ChainHead = EMPTY_CHAIN;
  let noticed = false;
  for await (const { type, data, revision, metadata } of store.readStream(redactionsStream)) {
    head = { revision, hash: metadata.hash };
    noticed ||= type === 'EventRedacted' && (data as EventRedacted['data'] | null)?.event === event.id;
  }
  if (!noticed) {
    const notice: EventRedacted = { type: 'EventRedacted', data: { event: event.id, ticket } };
    const { events } = chainEvents(redactionsStream, head, [notice], context, salt);
    await store.append(redactionsStream, events, { expected: head.revision < 0n ? 'absent' : head.revision });
  }
  await store.redact(event.position);
}
