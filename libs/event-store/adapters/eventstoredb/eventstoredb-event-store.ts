import {
  ANY,
  BACKWARDS,
  END,
  ErrorType,
  EventStoreDBClient,
  FORWARDS,
  NO_STREAM,
  START,
  STREAM_EXISTS,
  type Credentials,
  type JSONEventData,
  type StreamingRead,
} from '@eventstore/db-client';
import { refuse, Refused, type RecordedEvent } from '#libs/kernel';
import { pause } from '../../pause.js';
import { admit } from '../../port/admit.js';
import {
  DeadlineExceeded,
  EventStore,
  StoreUnavailable,
  type Appended,
  type Deadline,
  type Expected,
  type NewEvent,
  type ReadAllOptions,
  type ReadStreamOptions,
  type SubscribeOptions,
  type SubscriptionItem,
} from '../../port/event-store.js';
import { mayPass, portError } from './failures.js';
import { recorded, stored } from './stored-event.js';
import { subscription } from './subscription.js';

const DEADLINE_MS = 10_000;
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
/** Events from the end of a stream among which one of an uncertain append is sought. */
const LOOKED_THROUGH = 4096;
/** Answers to appends by which a repeated one is recognised. */
const RECENT = 10_000;

/** Without TLS the client drops credentials; giving some all the same keeps it on unary appends. */
const NOBODY: Credentials = { username: 'nobody', password: '' };

/**
 * Opens the event store that `esdb://…` or `esdb+discover://…` names; connects when it is first asked something. Throws `Refused`:
 * `event-store/invalid-url`, `event-store/unprotected-credentials`, `event-store/no-credentials`.
 */
export async function openEventStoreDB(url: string): Promise<EventStoreDBEventStore> {
  return new EventStoreDBEventStore(url);
}

/**
 * The event store on EventStoreDB 23.10 or later, KurrentDB, or the gateway. Events of others and of the system are passed over.
 * Appends are unary calls: the client's batch call never times out and shares its state over the whole process. An append is tried
 * again until its deadline when the server goes away or another one leads: under `absent` or a number the server recognises its
 * ids; under `any` and `exists` it does so until it restarts, so there its events are sought in the stream before they are sent
 * again, which finds what a server stored before it went. What was stored is read back.
 */
export class EventStoreDBEventStore extends EventStore {
  readonly #client: EventStoreDBClient;
  readonly #credentials: Credentials;
  readonly #closing = new AbortController();
  readonly #answered = new Map<bigint, string>();

  constructor(url: string) {
    super();
    this.#credentials = credentialsOf(url);
    try {
      this.#client = EventStoreDBClient.connectionString(withEveryNode(url));
    } catch (error) {
      throw invalidUrl(error);
    }
  }

  async append(
    stream: string,
    events: readonly NewEvent[],
    { expected, deadlineMs = DEADLINE_MS }: { readonly expected: Expected } & Deadline,
  ): Promise<Appended> {
    this.#mustBeOpen();
    if (events.length === 0) throw new TypeError('an append holds at least one event');
    const admitted = admit(events);
    const wire = admitted.map(stored);
    const lastId = admitted[admitted.length - 1]!.id;
    const isNumbered = expected === 'absent' || typeof expected === 'bigint';
    const deadline = Date.now() + deadlineMs;
    let isUncertain = false;
    const revision = await this.#trying(deadline, async () => {
      const found = isUncertain ? await this.#revisionOf(lastId, stream, left(deadline)) : null;
      if (found !== null) return found;
      try {
        const answer = await this.#client.appendToStream(stream, wire, {
          expectedRevision: EXPECTED[String(expected)] ?? (expected as bigint),
          credentials: this.#credentials,
          deadline: left(deadline),
        });
        return answer.nextExpectedRevision;
      } catch (error) {
        isUncertain ||= !isNumbered && (error as { readonly type?: string }).type !== ErrorType.NOT_LEADER;
        throw error;
      }
    }).catch((error: unknown) => {
      throw portError(error, stream, expected, sizeOf(wire));
    });
    const read = this.readStream(stream, {
      from: revision - BigInt(events.length - 1),
      limit: events.length,
      deadlineMs: left(deadline),
    });
    const held: RecordedEvent[] = [];
    for await (const event of read) held.push(event);
    const last = held[held.length - 1];
    if (last?.id !== lastId)
      throw new StoreUnavailable(`the events appended to ${stream} were answered, but are not there`);
    const isOthers = last.metadata.hash !== admitted[admitted.length - 1]!.metadata.hash;
    return { revision, position: last.position, repeated: this.#wasAnswered(last) || isOthers, events: held };
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    const { direction = 'forwards', limit = Infinity, deadlineMs = DEADLINE_MS } = options;
    let remaining = limit;
    let from = options.from;
    if (remaining <= 0 || (from !== undefined && from < 0n)) return;
    const open = () =>
      this.#client.readStream(stream, {
        direction: direction === 'forwards' ? FORWARDS : BACKWARDS,
        fromRevision: from ?? (direction === 'forwards' ? START : END),
        maxCount: remaining === Infinity ? Number.MAX_SAFE_INTEGER : remaining,
        credentials: this.#credentials,
      });
    for await (const { event } of this.#reading(open, stream, deadlineMs)) {
      const own = recorded(event);
      if (event) from = event.revision + (direction === 'forwards' ? 1n : -1n);
      remaining -= 1;
      if (own) yield own;
      if (remaining === 0 || (from ?? 0n) < 0n) return;
    }
  }

  async *readAll(options: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    const { direction = 'forwards', limit = Infinity, deadlineMs = DEADLINE_MS, until } = options;
    const types = options.types && new Set(options.types);
    const isForwards = direction === 'forwards';
    let remaining = limit;
    let after = options.after;
    if (remaining <= 0) return;
    const open = () =>
      this.#client.readAll({
        direction: isForwards ? FORWARDS : BACKWARDS,
        fromPosition: after === undefined ? (isForwards ? START : END) : { commit: after, prepare: after },
        credentials: this.#credentials,
      });
    for await (const { event } of this.#reading(open, '$all', deadlineMs)) {
      const at = event?.position.prepare;
      if (at === undefined || at === after) continue;
      if (until !== undefined && (isForwards ? at > until : at < until)) return;
      after = at;
      const own = recorded(event);
      if (!own || (types && !types.has(own.type))) continue;
      yield own;
      remaining -= 1;
      if (remaining === 0) return;
    }
  }

  async *subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionItem> {
    this.#mustBeOpen();
    const { signal } = this.#closing;
    const ended = options.signal ? AbortSignal.any([options.signal, signal]) : signal;
    let { after } = options;
    let caughtUp = false;
    let wait = SHORTEST_PAUSE_MS;
    while (!ended.aborted) {
      try {
        // What the server passes over without a word up to its "caught up" lies at or before this.
        const head = caughtUp ? null : await this.head();
        const items = subscription(
          this.#client,
          { ...options, ...(after !== undefined && { after }) },
          this.#credentials,
          ended,
        );
        for await (const item of items) {
          wait = SHORTEST_PAUSE_MS;
          if (item.kind === 'caught-up') {
            if (caughtUp) continue;
            caughtUp = true;
            if (head !== null && (after === undefined || after < head)) after = head;
            yield { kind: 'caught-up', position: after ?? -1n };
            continue;
          }
          after = item.kind === 'event' ? item.event.position : item.position;
          yield item;
          if (isAborted(ended)) return;
        }
      } catch (error) {
        if (isAborted(ended)) return;
        if (!mayPass(error) && !(error instanceof StoreUnavailable) && !(error instanceof DeadlineExceeded))
          throw portError(error, '$all', 'any');
      }
      if (isAborted(ended)) return;
      await pause(wait, ended);
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    }
  }

  async head(): Promise<bigint | null> {
    for await (const event of this.readAll({ direction: 'backwards', limit: 1 })) return event.position;
    return null;
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#client.dispose();
    // The client leaves its channel open, and with it the process.
    const client = this.#client as unknown as { getChannel(): Promise<{ close(): void }> };
    await client.getChannel().then(
      (channel) => {
        channel.close();
      },
      () => undefined,
    );
  }

  #mustBeOpen(): void {
    if (this.#closing.signal.aborted) throw new StoreUnavailable('the event store is closed');
  }

  #wasAnswered({ position, id }: RecordedEvent): boolean {
    if (this.#answered.get(position) === id) return true;
    this.#answered.set(position, id);
    if (this.#answered.size > RECENT) this.#answered.delete(this.#answered.keys().next().value!);
    return false;
  }

  /** Where the stream has this event, near its end; null where it is not there. */
  async #revisionOf(id: string, stream: string, deadlineMs: number): Promise<bigint | null> {
    const newest = this.readStream(stream, { direction: 'backwards', limit: LOOKED_THROUGH, deadlineMs });
    for await (const event of newest) if (event.id === id) return event.revision;
    return null;
  }

  /** Once, and again with growing pauses while the error passes and time is left. */
  async #trying<T>(deadline: number, work: () => Promise<T>): Promise<T> {
    for (let wait = SHORTEST_PAUSE_MS; ; wait *= 2) {
      try {
        return await work();
      } catch (error) {
        if (!mayPass(error) || Date.now() + wait >= deadline) throw error;
        await pause(wait, this.#closing.signal);
        this.#mustBeOpen();
      }
    }
  }

  /**
   * The items of a read, at the reader's pace. Where the connection is lost, `open` is called again and goes on where the reader
   * stands; where no item comes for `deadlineMs`, `DeadlineExceeded`. An absent stream is empty.
   */
  async *#reading<T>(open: () => StreamingRead<T>, stream: string, deadlineMs: number): AsyncGenerator<T> {
    let deadline = Date.now() + deadlineMs;
    for (let wait = SHORTEST_PAUSE_MS; ; wait *= 2) {
      this.#mustBeOpen();
      const read = open();
      read.on('error', () => undefined);
      const items = read[Symbol.asyncIterator]() as AsyncIterator<T, undefined>;
      try {
        for (;;) {
          const item = await within(left(deadline), items.next(), stream);
          if (item.done === true) return;
          yield item.value;
          deadline = Date.now() + deadlineMs;
          wait = SHORTEST_PAUSE_MS;
        }
      } catch (error) {
        if ((error as { readonly type?: string }).type === ErrorType.STREAM_NOT_FOUND) return;
        if (!mayPass(error) || Date.now() + wait >= deadline) throw portError(error, stream, 'any');
        await pause(wait, this.#closing.signal);
      } finally {
        void read.cancel().catch(() => undefined);
      }
    }
  }
}

const EXPECTED: Readonly<Record<string, typeof ANY | typeof NO_STREAM | typeof STREAM_EXISTS>> = {
  any: ANY,
  absent: NO_STREAM,
  exists: STREAM_EXISTS,
};

function sizeOf(events: readonly JSONEventData[]): number {
  return events.reduce(
    (sum, { data, metadata }) => sum + Buffer.byteLength(JSON.stringify(data) + JSON.stringify(metadata)),
    0,
  );
}

function left(deadline: number): number {
  return Math.max(1, deadline - Date.now());
}

/** Asked in a function, because it changes while something else is awaited. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function within<T>(ms: number, work: Promise<T>, stream: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DeadlineExceeded(`reading ${stream}: nothing came for ${ms} ms`));
    }, ms);
  });
  work.catch(() => undefined);
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}

/** The client drops credentials silently when `tls=false`, and TLS without any is nobody. */
function credentialsOf(url: string): Credentials {
  const [, user, password] = /^[^:]+:\/\/([^:@/]+):([^@]*)@/.exec(url) ?? [];
  const isPlain = /[?&]tls=false\b/i.test(url);
  if (isPlain && user !== undefined) {
    throw new Refused(
      refuse(
        'event-store/unprotected-credentials',
        'a user and password do not go over a connection without TLS',
        {
          fix: 'leave tls=false out of the URL, or the user and password',
        },
      ),
    );
  }
  if (isPlain) return NOBODY;
  if (user === undefined || password === undefined) {
    throw new Refused(
      refuse('event-store/no-credentials', 'the URL of the event store names no user', {
        fix: 'name one as esdb://user:password@host:port, or add tls=false where the server asks for none',
      }),
    );
  }
  return { username: decodeURIComponent(user), password: decodeURIComponent(password) };
}

/** Of several nodes behind `+discover` the client would ask the first alone; listed without it, any that answers. */
function withEveryNode(url: string): string {
  return url.replace(/^(\w+)\+discover:(?=\/\/[^/?]*,)/, '$1:');
}

function invalidUrl(error: unknown): Refused {
  return new Refused(
    refuse('event-store/invalid-url', `the URL of the event store cannot be read: ${String(error)}`, {
      fix: 'write it as esdb://user:password@host:port?tls=true, or esdb+discover:// with several hosts',
    }),
  );
}
