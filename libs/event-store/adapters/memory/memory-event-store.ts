import { type RecordedEvent } from '#libs/kernel';
import { admit, APPEND_LIMIT, FOREIGN_APPEND_LIMIT } from '../../port/admit.js';
import {
  EventStore,
  StoreUnavailable,
  WrongExpectedRevision,
  type Appended,
  type Deadline,
  type Expected,
  type NewEvent,
  type ReadAllOptions,
  type ReadStreamOptions,
  type SubscribeOptions,
  type SubscriptionItem,
} from '../../port/event-store.js';
import { isForeign } from '../../port/foreign.js';
import { Doorbell } from '../doorbell.js';
import { follow, type FollowedLog } from '../follow.js';

/** The event store in memory, with every promise of the port but surviving its process. For tests and measurements. */
export class MemoryEventStore extends EventStore {
  readonly #log: RecordedEvent[] = [];
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #bell = new Doorbell();
  readonly #closing = new AbortController();

  /** `clock` yields ISO 8601. */
  constructor(private readonly clock: () => string = () => new Date().toISOString()) {
    super();
  }

  override get exclusive(): boolean {
    return true;
  }

  async append(
    stream: string,
    events: readonly NewEvent[],
    { expected }: { readonly expected: Expected } & Deadline,
  ): Promise<Appended> {
    this.#open();
    if (events.length === 0) throw new TypeError('an append holds at least one event');
    const admitted = admit(events, isForeign(stream) ? FOREIGN_APPEND_LIMIT : APPEND_LIMIT);
    const recorded = this.#streams.get(stream) ?? [];
    const actual = recorded.length === 0 ? null : BigInt(recorded.length - 1);
    const earlier = storedBefore(recorded, admitted, expected);
    if (earlier) {
      const last = earlier[earlier.length - 1]!;
      return { revision: last.revision, position: last.position, repeated: true, events: earlier };
    }
    const met =
      expected === 'any' ||
      (expected === 'absent'
        ? actual === null
        : expected === 'exists'
          ? actual !== null
          : expected === actual);
    if (!met) throw new WrongExpectedRevision(stream, expected, actual);
    const recordedAt = this.clock();
    const added = admitted.map(({ id, type, data, salt, metadata }, index): RecordedEvent => ({
      id,
      type,
      stream,
      revision: BigInt(recorded.length + index),
      position: BigInt(this.#log.length + index),
      recordedAt,
      data: structuredClone(data),
      salt,
      metadata: { ...metadata },
    }));
    recorded.push(...added);
    this.#streams.set(stream, recorded);
    this.#log.push(...added);
    this.#bell.ring();
    const last = added[added.length - 1]!;
    return { revision: last.revision, position: last.position, repeated: false, events: added };
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    this.#open();
    const { direction = 'forwards', limit = Infinity } = options;
    const recorded = this.#streams.get(stream) ?? [];
    const step = direction === 'forwards' ? 1 : -1;
    const first = options.from === undefined ? (step > 0 ? 0 : recorded.length - 1) : Number(options.from);
    let left = limit;
    for (let at = step < 0 ? Math.min(first, recorded.length - 1) : first; left > 0; at += step, left -= 1) {
      const event = recorded[at];
      if (!event) return;
      yield event;
    }
  }

  async *readAll(options: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    this.#open();
    const { after, until, direction = 'forwards', limit = Infinity } = options;
    const types = options.types && new Set(options.types);
    const step = direction === 'forwards' ? 1 : -1;
    const end = step > 0 ? this.#log.length : -1;
    const begin = step > 0 ? -1 : this.#log.length;
    const last = until === undefined ? end - step : Number(until);
    let left = limit;
    const start = after === undefined ? begin : step > 0 ? Number(after) : Math.min(Number(after), begin);
    for (let at = start + step; at * step <= last * step && left > 0; at += step) {
      const event = this.#log[at];
      if (!event) return;
      if (options.foreign !== true && isForeign(event.stream)) continue;
      if (types && !types.has(event.type)) continue;
      left -= 1;
      yield event;
    }
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionItem> {
    this.#open();
    const log: FollowedLog = {
      head: () => this.#log.length - 1,
      page: (after, limit, types) => {
        const page = this.#log.slice(after + 1, after + 1 + limit);
        const seen = options.foreign === true ? page : page.filter((e) => !isForeign(e.stream));
        return { events: types ? seen.filter((e) => types.has(e.type)) : seen, last: after + page.length };
      },
      moved: (after, signal) => (this.#log.length - 1 > after ? Promise.resolve() : this.#bell.wait(signal)),
    };
    return follow(log, options, this.#closing.signal);
  }

  async head(): Promise<bigint | null> {
    this.#open();
    return this.#log.length === 0 ? null : BigInt(this.#log.length - 1);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#bell.ring();
  }

  #open(): void {
    if (this.#closing.signal.aborted) throw new StoreUnavailable('the event store is closed');
  }
}

/** The events of an earlier, equal append under `absent` or a numbered expectation; null where there was none. */
function storedBefore(
  recorded: readonly RecordedEvent[],
  events: readonly NewEvent[],
  expected: Expected,
): readonly RecordedEvent[] | null {
  if (expected === 'any' || expected === 'exists') return null;
  const from = expected === 'absent' ? 0 : Number(expected) + 1;
  const stored = recorded.slice(from, from + events.length);
  return stored.length === events.length && stored.every((e, i) => e.id === events[i]!.id) ? stored : null;
}
