import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { redactEvent } from '#libs/event-store';
import { type EmbeddedEventStore, openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { refuse, Refused, type RecordedEvent } from '#libs/kernel';
import { EmbeddedReadStore } from '#libs/read-store/adapters/embedded';
import { mustHoldEvents } from './copy-installation.js';
import { type Places } from './places.js';

/** Documents of the read store that no event brings back, and that hold no event's data. */
const KEPT = ['notifications/cursor/'];

/**
 * Redacts an event (by position or id) of an installation that does not run, and leaves its data nowhere in the stores: the event
 * store is compacted, the read store is emptied and builds again from the log at the next start. Blobs stay. Throws `Refused`:
 * `store/no-store`, `event-store/in-use` beside a writer, `store/unknown-event`, `event-store/not-redactable`.
 */
export async function redactStored(
  places: Places,
  asked: string,
  {
    ticket,
    actor,
    occurredAt,
  }: { readonly ticket: string; readonly actor: string; readonly occurredAt: string },
): Promise<RecordedEvent> {
  mustHoldEvents(places);
  const store = await openEmbeddedEventStore({ folder: places.events });
  let event: RecordedEvent;
  try {
    event = await find(store, asked);
    const commandId = `store/redact/${event.id}`;
    const context = { commandId, correlationId: commandId, actor, occurredAt, ticket };
    await redactEvent(store, event, { ticket, context, salt: () => randomBytes(16).toString('hex') });
    // Before the writer's lease is given up.
    if (places.rows !== null && existsSync(places.rows)) await emptyRows(places.rows);
  } catch (error) {
    await store.close();
    throw error;
  }
  await store.closeCompacted();
  return event;
}

async function find(store: EmbeddedEventStore, asked: string): Promise<RecordedEvent> {
  const position = /^\d{1,15}$/.test(asked) ? BigInt(asked) : null;
  const events =
    position === null ? store.readAll() : store.readAll({ after: position - 1n, until: position });
  for await (const event of events) if (position !== null || event.id === asked) return event;
  throw new Refused(
    refuse('store/unknown-event', `there is no event ${asked}`, {
      fix: 'name one by its position or its id; see them with: cios audit export',
    }),
  );
}

async function emptyRows(folder: string): Promise<void> {
  const before = new EmbeddedReadStore(folder);
  const kept = await Promise.all(KEPT.map((prefix) => before.listDocuments(prefix)));
  await before.close();
  const fresh = `${folder}-fresh`;
  await rm(fresh, { recursive: true, force: true });
  const after = new EmbeddedReadStore(fresh);
  for (const { key, value } of kept.flat()) await after.putDocument(key, value, null);
  await after.close();
  await rm(folder, { recursive: true });
  await rename(fresh, folder);
}
