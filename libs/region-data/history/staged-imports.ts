import {
  EventStore,
  type Appended,
  type Deadline,
  type Expected,
  type NewEvent,
  type ReadAllOptions,
  type ReadStreamOptions,
  type SubscribeOptions,
  type SubscriptionItem,
} from '#libs/event-store';
import { digestOf, type RecordedEvent } from '#libs/kernel';
import { type RegionDataEvent, type RegionDataImportEvent } from '../contract/index.js';

/** The staged stream of a committed import does not hold what the commit names. */
export class StagedImportDamaged extends Error {
  override readonly name = 'StagedImportDamaged';
}

/**
 * A RegionDataImported with the events that it stands for; any other event as it is. O(events staged); throws
 * `StagedImportDamaged` where they are not there in number and digest.
 */
export async function withStagedEvents<E extends RecordedEvent>(event: E, store: EventStore): Promise<E> {
  if (event.type !== 'RegionDataImported') return event;
  const data = event.data as Extract<RegionDataEvent, { readonly type: 'RegionDataImported' }>['data'];
  if (data.events) return event;
  const events: RegionDataEvent[] = [];
  for await (const staged of store.readStream(data.stream)) {
    const chunk = staged as RecordedEvent<RegionDataImportEvent>;
    if (chunk.data.digest === data.digest) events.push(...chunk.data.events);
  }
  if (events.length !== data.count || digestOf(events) !== data.digest) {
    throw new StagedImportDamaged(
      `revision ${event.revision} of ${event.stream} imported ${data.count} events of ${data.stream}; it holds ${events.length} of that digest or others`,
    );
  }
  return { ...event, data: { ...data, events } };
}

/**
 * An event store seen through committed imports: every RegionDataImported bears its `events`, whoever reads it. For projections,
 * sagas and folds; who verifies the record reads the store itself.
 */
export class ReadThroughImports extends EventStore {
  constructor(private readonly store: EventStore) {
    super();
  }

  override get exclusive(): boolean {
    return this.store.exclusive;
  }

  append(
    stream: string,
    events: readonly NewEvent[],
    options: { readonly expected: Expected } & Deadline,
  ): Promise<Appended> {
    return this.store.append(stream, events, options);
  }

  async *readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent> {
    for await (const event of this.store.readStream(stream, options))
      yield await withStagedEvents(event, this.store);
  }

  async *readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent> {
    for await (const event of this.store.readAll(options)) yield await withStagedEvents(event, this.store);
  }

  async *subscribe(options?: SubscribeOptions): AsyncIterable<SubscriptionItem> {
    for await (const item of this.store.subscribe(options))
      yield item.kind === 'event' ? { ...item, event: await withStagedEvents(item.event, this.store) } : item;
  }

  head(): Promise<bigint | null> {
    return this.store.head();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
