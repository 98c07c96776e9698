import { randomBytes } from 'node:crypto';
import {
  isRefusal,
  refuse,
  Refused,
  type CommandContext,
  type DomainEvent,
  type RecordedEvent,
} from '#libs/kernel';
import { chainEvents, EMPTY_CHAIN, isRedacted, type ChainHead } from './chain.js';
import { Aggregates, type Aggregate, type Executed } from './port/aggregates.js';
import { APPEND_LIMIT } from './port/admit.js';
import {
  AppendTooLarge,
  DeadlineExceeded,
  StoreUnavailable,
  WrongExpectedRevision,
  type Appended,
  type EventStore,
  type NewEvent,
} from './port/event-store.js';
import { Upcasters } from './upcasters.js';

/** Bytes of one event's data as JSON. */
export const EVENT_LIMIT = 64 * 1024;

export interface AggregateStoreOptions {
  readonly upcasters?: Upcasters;
  /** Streams whose state is kept in memory; default 10,000. */
  readonly cachedStreams?: number;
  /** Command ids of a stream that are recognised; default 1,000. */
  readonly knownCommands?: number;
  /** Decisions of one command before a race that it keeps losing is given up; default 20. */
  readonly attempts?: number;
  /** Default 10,000. */
  readonly deadlineMs?: number;
  /** A fresh random text per event; default 16 random bytes in hex. */
  readonly salt?: () => string;
}

/** What a command that wrote something is remembered by. */
interface KnownCommand {
  readonly first: bigint;
  readonly count: number;
  readonly bodyDigest: string | undefined;
}

/** A stream's state as the next decision sees it: everything appended, what is not yet committed included. */
interface CachedStream {
  readonly decider: object;
  readonly stream: string;
  state: unknown;
  head: ChainHead;
  /** Position of the last committed event, -1n before the first. */
  position: bigint;
  readonly commands: Map<string, KnownCommand>;
  /** Never rejects; settles when all that was sent before has committed, or the entry is no longer valid. */
  tail: Promise<void>;
  pending: number;
  /** Resolves when an append of this entry was answered: its head is what the store holds, and more may be sent unawaited. */
  readonly confirmed: Promise<void>;
  readonly confirm: () => void;
  isConfirmed: boolean;
  /** Appends held back until `confirmed`; none may overtake them. */
  waiting: number;
  /** Something appended did not become what was decided upon; whoever decided on this entry decides again. */
  stale: boolean;
}

const RETRY = Symbol('decide again');

/**
 * `Aggregates` over any event store. Commands on one stream are decided one after the other against the pending head; where the
 * store is `exclusive` their appends are not awaited in between, so that it commits them together. Whatever is answered, also a
 * refusal or "holds already", waits until the events that it rests upon are committed.
 */
export class AggregateStore extends Aggregates {
  readonly #streams = new Map<string, Promise<CachedStream>>();
  readonly #upcasters: Upcasters;
  readonly #cachedStreams: number;
  readonly #knownCommands: number;
  readonly #attempts: number;
  readonly #deadlineMs: number;
  readonly #salt: () => string;

  constructor(
    private readonly store: EventStore,
    options: AggregateStoreOptions = {},
  ) {
    super();
    this.#upcasters = options.upcasters ?? new Upcasters();
    this.#cachedStreams = options.cachedStreams ?? 10_000;
    this.#knownCommands = options.knownCommands ?? 1_000;
    this.#attempts = options.attempts ?? 20;
    this.#deadlineMs = options.deadlineMs ?? 10_000;
    this.#salt = options.salt ?? randomSalt;
  }

  async execute<C, S, E extends DomainEvent>(
    aggregate: Aggregate<C, S, E>,
    id: string,
    command: C,
    context: CommandContext,
    options: { readonly ifRevision?: bigint; readonly deadlineMs?: number } = {},
  ): Promise<Executed<E>> {
    const stream = aggregate.streamOf(id);
    const deadline = Date.now() + (options.deadlineMs ?? this.#deadlineMs);
    for (let attempt = 1; ; attempt += 1) {
      const entry = await this.#entry(aggregate, stream);
      const outcome = await this.#attempt(entry, aggregate, command, context, options.ifRevision, deadline);
      if (outcome !== RETRY) return outcome;
      if (Date.now() >= deadline) throw new DeadlineExceeded(`command ${context.commandId} on ${stream}`);
      if (attempt >= this.#attempts) {
        throw new StoreUnavailable(
          `stream ${stream} is contended: ${attempt} decisions were overtaken; try again`,
        );
      }
    }
  }

  async load<C, S, E extends DomainEvent>(
    aggregate: Aggregate<C, S, E>,
    id: string,
  ): Promise<{ readonly state: S; readonly revision: bigint }> {
    for (;;) {
      const entry = await this.#entry(aggregate, aggregate.streamOf(id));
      const { state, head } = entry;
      if (await this.#holds(entry, head)) return { state: state as S, revision: head.revision };
    }
  }

  /** Synchronous up to the append, so that commands of one stream are decided in the order in which they got here. */
  async #attempt<C, S, E extends DomainEvent>(
    entry: CachedStream,
    aggregate: Aggregate<C, S, E>,
    command: C,
    context: CommandContext,
    ifRevision: bigint | undefined,
    deadline: number,
  ): Promise<Executed<E> | typeof RETRY> {
    const { decider } = aggregate;
    const { head, stream } = entry;
    const known = entry.commands.get(context.commandId);
    if (known) {
      if (!(await this.#holds(entry, head))) return RETRY;
      if (
        known.bodyDigest !== undefined &&
        context.bodyDigest !== undefined &&
        known.bodyDigest !== context.bodyDigest
      ) {
        throw new Refused(keyReused(context, stream));
      }
      return this.#recall<E>(stream, known);
    }
    const decision =
      ifRevision !== undefined && ifRevision !== head.revision
        ? revisionMismatch(stream, ifRevision, head.revision)
        : decider.decide(command, entry.state as S, context);
    if (isRefusal(decision)) {
      if (!(await this.#holds(entry, head))) return RETRY;
      throw new Refused(decision);
    }
    if (decision.length === 0) {
      const settled = entry.tail.then(() => entry.position);
      if (!(await this.#holds(entry, head))) return RETRY;
      return { revision: head.revision, position: await settled, events: [], repeated: false };
    }
    const chained = chainEvents(stream, head, decision, context, this.#salt);
    refuseTooLarge(stream, chained.events);
    let state = entry.state as S;
    for (const event of decision) state = decider.evolve(state, event);
    entry.state = state;
    entry.head = chained.head;
    this.#remember(entry, context.commandId, {
      first: head.revision + 1n,
      count: decision.length,
      bodyDigest: context.bodyDigest,
    });
    const sent = this.#send(entry, head, chained.events, deadline);
    // What such an event stands for is read when it is folded; nobody may decide on the state without it.
    if (decision.some(({ type }) => aggregate.expands?.types.includes(type))) this.#drop(entry);
    const appended = await sent;
    if (appended === RETRY) return RETRY;
    const events = appended.events ?? (await this.#read(stream, head.revision + 1n, decision.length));
    return {
      revision: appended.revision,
      position: appended.position,
      events: events as readonly RecordedEvent<E>[],
      repeated: appended.repeated,
    };
  }

  /** Sends an append after those before it. RETRY where the decision no longer stands; throws what the store throws. */
  async #send(
    entry: CachedStream,
    head: ChainHead,
    events: readonly NewEvent[],
    deadline: number,
  ): Promise<Appended | typeof RETRY> {
    const before = entry.tail;
    let settle!: () => void;
    entry.tail = new Promise((resolve) => (settle = resolve));
    entry.pending += 1;
    try {
      if (this.#mustWait(entry)) {
        entry.waiting += 1;
        await (this.store.exclusive ? entry.confirmed : before);
        entry.waiting -= 1;
      }
      if (entry.stale) return RETRY;
      const appended = await this.store.append(entry.stream, events, {
        expected: head.revision < 0n ? 'absent' : head.revision,
        deadlineMs: Math.max(1, deadline - Date.now()),
      });
      // An earlier life of this command wrote it, with salts of its own: the cached hashes are not what the store holds.
      if (appended.repeated) this.#drop(entry);
      entry.isConfirmed = true;
      entry.confirm();
      if (appended.position > entry.position) entry.position = appended.position;
      return appended;
    } catch (error) {
      this.#drop(entry);
      if (error instanceof WrongExpectedRevision) return RETRY;
      if (error instanceof AppendTooLarge) throw new Refused(commandTooLarge(entry.stream, error.bytes));
      throw error;
    } finally {
      entry.pending -= 1;
      void before.then(settle);
    }
  }

  /** Whether an append must be held back until those before it are answered (or, in an exclusive store, the first of them). */
  #mustWait(entry: CachedStream): boolean {
    return entry.pending > 1 && (!this.store.exclusive || !entry.isConfirmed || entry.waiting > 0);
  }

  /** Waits for what `head` rests upon; false where it did not come to be, or others have written since. */
  async #holds(entry: CachedStream, head: ChainHead): Promise<boolean> {
    if (entry.pending > 0) await entry.tail;
    if (entry.stale) return false;
    if (this.store.exclusive) return true;
    if (entry.head.revision > head.revision) return true;
    const next = await this.#read(entry.stream, head.revision + 1n, 1);
    if (next.length === 0 || entry.head.revision > head.revision) return true;
    this.#drop(entry);
    return false;
  }

  #drop(entry: CachedStream): void {
    entry.stale = true;
    entry.confirm();
  }

  async #entry<C, S, E extends DomainEvent>(
    aggregate: Aggregate<C, S, E>,
    stream: string,
  ): Promise<CachedStream> {
    for (;;) {
      const cached = this.#streams.get(stream) ?? this.#loading(aggregate, stream);
      const entry = await cached;
      if (!entry.stale && entry.decider === aggregate.decider) {
        this.#touch(stream, cached);
        return entry;
      }
      // Load only after what is still under way has settled, or the load would miss it.
      if (entry.pending > 0) await entry.tail;
      if (this.#streams.get(stream) === cached) this.#streams.delete(stream);
    }
  }

  #loading<C, S, E extends DomainEvent>(
    aggregate: Aggregate<C, S, E>,
    stream: string,
  ): Promise<CachedStream> {
    const loading = this.#load(aggregate, stream);
    this.#streams.set(stream, loading);
    loading.catch(() => {
      if (this.#streams.get(stream) === loading) this.#streams.delete(stream);
    });
    if (this.#streams.size > this.#cachedStreams) void this.#evict();
    return loading;
  }

  /** O(events of the stream). */
  async #load<C, S, E extends DomainEvent>(
    aggregate: Aggregate<C, S, E>,
    stream: string,
  ): Promise<CachedStream> {
    const { decider } = aggregate;
    let state = decider.initial;
    let head = EMPTY_CHAIN;
    let position = -1n;
    let confirm!: () => void;
    const confirmed = new Promise<void>((resolve) => (confirm = resolve));
    const entry: CachedStream = {
      decider,
      stream,
      state,
      head,
      position,
      commands: new Map(),
      tail: Promise.resolve(),
      pending: 0,
      confirmed,
      confirm,
      isConfirmed: false,
      waiting: 0,
      stale: false,
    };
    for await (const event of this.store.readStream(stream, { deadlineMs: this.#deadlineMs })) {
      head = { revision: event.revision, hash: event.metadata.hash };
      position = event.position;
      const { commandId, bodyDigest } = event.metadata;
      const known = entry.commands.get(commandId);
      this.#remember(entry, commandId, {
        first: known?.first ?? event.revision,
        count: (known?.count ?? 0) + 1,
        bodyDigest,
      });
      if (isRedacted(event)) continue;
      const current = this.#upcasters.upcast(event) as unknown as E & RecordedEvent<E>;
      if (aggregate.expands?.types.includes(current.type)) {
        for (const one of await aggregate.expands.events(current, this.store))
          state = decider.evolve(state, one);
      } else state = decider.evolve(state, current);
    }
    return Object.assign(entry, { state, head, position });
  }

  #remember(entry: CachedStream, commandId: string, known: KnownCommand): void {
    entry.commands.delete(commandId);
    entry.commands.set(commandId, known);
    if (entry.commands.size > this.#knownCommands) {
      const oldest = entry.commands.keys().next();
      if (!oldest.done) entry.commands.delete(oldest.value);
    }
  }

  async #recall<E extends DomainEvent>(stream: string, known: KnownCommand): Promise<Executed<E>> {
    const events = await this.#read(stream, known.first, known.count);
    const last = events[events.length - 1]!;
    return {
      revision: last.revision,
      position: last.position,
      events: events as readonly RecordedEvent<E>[],
      repeated: true,
    };
  }

  async #read(stream: string, from: bigint, limit: number): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const event of this.store.readStream(stream, { from, limit, deadlineMs: this.#deadlineMs })) {
      events.push(this.#upcasters.upcast(event));
    }
    return events;
  }

  #touch(stream: string, cached: Promise<CachedStream>): void {
    if (this.#streams.get(stream) !== cached) return;
    this.#streams.delete(stream);
    this.#streams.set(stream, cached);
  }

  /** Forgets the streams that were used longest ago; one with appends under way stays. */
  async #evict(): Promise<void> {
    for (const [stream, cached] of this.#streams) {
      if (this.#streams.size <= this.#cachedStreams) return;
      const entry = await cached.catch(() => null);
      if (entry && entry.pending === 0 && this.#streams.get(stream) === cached) this.#streams.delete(stream);
    }
  }
}

function keyReused({ commandId }: CommandContext, stream: string) {
  return refuse('command/key-reused', `command id ${commandId} was used on ${stream} with another body`, {
    fix: 'send a new Idempotency-Key with a new request; repeat a request with its own key and its own body',
  });
}

function revisionMismatch(stream: string, expected: bigint, actual: bigint) {
  return refuse('command/revision-mismatch', `${stream} is at revision ${actual}, not ${expected}`, {
    fix: 'read it again, see whether the change is still wanted, and send it with the current revision',
    details: { revision: String(actual), expected: String(expected) },
  });
}

function commandTooLarge(stream: string, bytes: number) {
  return refuse(
    'command/too-large',
    `the command's events on ${stream} hold ${bytes} bytes, more than ${APPEND_LIMIT}`,
    {
      fix: 'send it in parts',
      details: { bytes, limit: APPEND_LIMIT },
    },
  );
}

function refuseTooLarge(
  stream: string,
  events: readonly { readonly type: string; readonly bytes: number }[],
): void {
  for (const { type, bytes } of events) {
    if (bytes <= EVENT_LIMIT) continue;
    throw new Refused(
      refuse('event/too-large', `${type} on ${stream} would hold ${bytes} bytes, more than ${EVENT_LIMIT}`, {
        fix: 'send less in one command, or put large values into the blob store',
        details: { type, bytes, limit: EVENT_LIMIT },
      }),
    );
  }
}

const SALT_BYTES = 16;
let pool = Buffer.alloc(0);
let used = 0;

/** Random bytes are drawn for many salts at once: a system call for each costs more than the rest of the chain. */
export function randomSalt(): string {
  if (used + SALT_BYTES > pool.length) {
    pool = randomBytes(SALT_BYTES * 256);
    used = 0;
  }
  used += SALT_BYTES;
  return pool.toString('hex', used - SALT_BYTES, used);
}
