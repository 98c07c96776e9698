import { refuse, Refused } from '#libs/kernel';
import { type EventStore } from './port/event-store.js';

export interface OpenOptions {
  readonly readOnly?: boolean;
  /** Of the embedded store: bytes of address space. */
  readonly mapSize?: number;
}

/**
 * Opens the event store that a URL names: `embedded:<folder>`, `esdb://…`, `esdb+discover://…` or `memory:`. Adapters load on
 * demand. Throws `Refused`: `event-store/unknown-url`, and what the adapter refuses (`event-store/in-use`).
 */
export async function openEventStore(url: string, options: OpenOptions = {}): Promise<EventStore> {
  if (url === 'memory:') {
    const { MemoryEventStore } = await import('./adapters/memory/index.js');
    return new MemoryEventStore();
  }
  if (url.startsWith('embedded:') && url.length > 'embedded:'.length) {
    const { openEmbeddedEventStore } = await import('./adapters/embedded/index.js');
    return openEmbeddedEventStore({ folder: url.slice('embedded:'.length), ...options });
  }
  if (/^esdb(\+discover)?:\/\//.test(url)) {
    const { openEventStoreDB } = await import('./adapters/eventstoredb/index.js');
    return openEventStoreDB(url);
  }
  throw new Refused(
    refuse('event-store/unknown-url', `no event store answers to ${JSON.stringify(url)}`, {
      fix: 'name one as embedded:<folder>, esdb://… or memory:',
    }),
  );
}
