import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { open, type Database, type RootDatabase } from 'lmdb';
import { type RecordedEvent } from '#libs/kernel';
import { admit, APPEND_LIMIT, FOREIGN_APPEND_LIMIT } from '../../port/admit.js';
import {
  DeadlineExceeded,
  EventStore,
  RecordCorrupted,
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
import { paged } from '../paged.js';
import { checkPages } from './check-pages.js';
import { FileDoorbell } from './file-doorbell.js';
import { WriterLease } from './lease.js';
import { carveNumber, decodeRecord, encodeRecord, isoOf, RAW, type Carved, type Encoder } from './record.js';
import { type Scanned } from './scan.js';

export interface EmbeddedOptions {
  /** Holds `events.mdb`, its lock file and the writer's lease. Made where it is missing, unless `readOnly`. */
  readonly folder: string;
  /** Reads beside the writer, from this or another process; appends are refused. */
  readonly readOnly?: boolean;
  /** Address space reserved for the file, in bytes; the file itself grows as needed. Default 256 GiB. */
  readonly mapSize?: number;
  /** ms since 1970. */
  readonly clock?: () => number;
}

const DATA_FILE = 'events.mdb';
const DEADLINE_MS = 10_000;
/** Events read in one go: a read transaction lives no longer than that. */
const PAGE = 256;
/** Records checked against their digests when the store opens; everything else is checked whenever it is read. */
const CHECKED_AT_OPEN = 256;
const CACHED_STREAMS = 50_000;
/** Appends under `any` and `exists` that are recognised when repeated. */
const RECENT_APPENDS = 10_000;
/** Newest events kept decoded for subscribers in this process. */
const TAIL = 1024;
const READER_CHECK_MS = 30_000;

interface StreamHead {
  readonly number: number;
  readonly name: string;
  /** Of the last event appended, committed or not; -1 where there is none. */
  revision: number;
  isStored: boolean;
  /** Appends not yet committed, in order. */
  readonly pending: Append[];
}

interface Append {
  readonly head: StreamHead;
  readonly events: readonly RecordedEvent[];
  readonly records: readonly Carved[];
  readonly deadline: number;
  readonly done: Promise<Appended>;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
}

/** Opens the event store of a folder. Rejects with `Refused` (`event-store/in-use`) beside another writer. */
export async function openEmbeddedEventStore(options: EmbeddedOptions): Promise<EmbeddedEventStore> {
  return new EmbeddedEventStore(options);
}

/**
 * The event store on LMDB, one writing process. Expectations are checked against heads in memory and positions assigned when
 * `append` is called; what has queued up while one group commits is the next group. An append is answered, and subscribers
 * hear of it, when its group is on the disk. After a failed commit everything queued is rejected and the heads are read again.
 *
 * Databases: `e` position → record; `s` one entry an append, (stream number, revision of its last event; 4 bytes each,
 * big-endian) → that event's position (double, big-endian); `n` name → stream number and number → name. Positions count from 0
 * without gaps.
 */
export class EmbeddedEventStore extends EventStore {
  readonly #folder: string;
  readonly #readOnly: boolean;
  readonly #clock: () => number;
  readonly #lease: WriterLease | null = null;
  readonly #environment: RootDatabase;
  /** `e` as bytes. */
  readonly #records: Database<Buffer, number>;
  /** `e` again, for its encoder: the structures that records share stand there too. */
  #structures!: Database<unknown, number>;
  readonly #index: Database<Buffer, Buffer>;
  readonly #names: Database<string | number, string | number>;

  readonly #heads = new Map<string, StreamHead>();
  readonly #nameOf = new Map<number, string>();
  readonly #recent = new Map<string, Promise<Appended>>();
  #nextPosition = 0;
  #nextStream = 0;
  #committed = -1;
  /** Of the last event, in ms: recorded times never go back, whatever the clock does. */
  #recordedAt = 0;

  #queue: Append[] = [];
  #inFlight: readonly Append[] = [];
  #flushing: Promise<void> | null = null;
  #isScheduled = false;
  #deadlineTimer: NodeJS.Timeout | null = null;

  #tail: RecordedEvent[] = [];
  readonly #bell = new Doorbell();
  readonly #fileBell: FileDoorbell | null = null;
  readonly #closing = new AbortController();
  readonly #readerCheck: NodeJS.Timeout;

  constructor({ folder, readOnly = false, mapSize = 2 ** 38, clock = Date.now }: EmbeddedOptions) {
    super();
    this.#folder = folder;
    this.#readOnly = readOnly;
    this.#clock = clock;
    const path = join(folder, DATA_FILE);
    if (readOnly) {
      if (!existsSync(path)) throw new StoreUnavailable(`there is no event store in ${folder}`);
      this.#fileBell = new FileDoorbell(path);
    } else {
      mkdirSync(folder, { recursive: true });
      this.#lease = WriterLease.take(folder);
    }
    try {
      checkPages(path);
      // Each of these settings was paid for with lost events: overlappingSync acknowledges before the disk has them.
      this.#environment = open({
        path,
        noSubdir: true,
        mapSize,
        maxDbs: 4,
        overlappingSync: false,
        eventTurnBatching: false,
        cache: false,
        readOnly,
      });
      this.#records = this.#environment.openDB({ name: 'e', ...RAW });
      this.#openStructures();
      this.#index = this.#environment.openDB({ name: 's', keyEncoding: 'binary', ...RAW });
      this.#names = this.#environment.openDB({ name: 'n', encoding: 'ordered-binary', cache: false });
      this.#reload();
      // An auditor opens what a writer may not go on with: it scans, and names every problem.
      const checkFrom = readOnly ? this.#committed + 1 : this.#committed + 1 - CHECKED_AT_OPEN;
      for (let at = Math.max(0, checkFrom); at <= this.#committed; at += 1) {
        this.#recordedAt = Date.parse(this.#at(at).recordedAt);
      }
    } catch (error) {
      this.#lease?.release();
      if (error instanceof RecordCorrupted) throw error;
      throw new StoreUnavailable(
        `${path} cannot be opened as an event store (${String(error)}); where it is damaged, restore it from a backup`,
        { cause: error },
      );
    }
    this.#readerCheck = setInterval(() => {
      this.#environment.readerCheck();
    }, READER_CHECK_MS);
    this.#readerCheck.unref();
  }

  override get exclusive(): boolean {
    return true;
  }

  async append(
    stream: string,
    events: readonly NewEvent[],
    { expected, deadlineMs = DEADLINE_MS }: { readonly expected: Expected } & Deadline,
  ): Promise<Appended> {
    this.#mustBeOpen();
    if (this.#readOnly) throw new StoreUnavailable('the event store is open for reading only');
    if (events.length === 0) throw new TypeError('an append holds at least one event');
    const admitted = admit(events, isForeign(stream) ? FOREIGN_APPEND_LIMIT : APPEND_LIMIT);
    const head = this.#head(stream);
    const repeated = head && this.#repetition(head, admitted, expected);
    if (repeated) return repeated;
    const revision = head?.revision ?? -1;
    if (!isMet(expected, revision)) {
      throw new WrongExpectedRevision(stream, expected, revision < 0 ? null : BigInt(revision));
    }
    const deadline = Date.now() + deadlineMs;
    this.#recordedAt = Math.max(this.#recordedAt, this.#clock());
    const append = this.#enqueue(head ?? this.#newHead(stream), admitted, this.#recordedAt, deadline);
    if (expected === 'any' || expected === 'exists') this.#rememberRecent(stream, admitted, append.done);
    return append.done;
  }

  readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    const { direction = 'forwards', limit = Infinity, from } = options;
    const step = direction === 'forwards' ? 1 : -1;
    let left = limit;
    let at: number | null = null;
    return paged(() => {
      this.#mustBeOpen();
      if (left <= 0) return [];
      this.#refresh();
      const number = this.#heads.get(stream)?.number ?? this.#stored(stream);
      if (number === undefined) return [];
      if (at === null) {
        if (step > 0) at = Number(from ?? 0);
        else {
          const last = this.#lastRevision(number);
          at = from === undefined ? last : Math.min(Number(from), last);
        }
      }
      const page = this.#ofStream(number, at, Math.min(PAGE, left), step);
      at += step * page.length;
      left -= page.length;
      return page;
    });
  }

  readAll(options: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    const { after, until, direction = 'forwards', limit = Infinity, foreign = false } = options;
    const types = options.types ? new Set(options.types) : null;
    const step = direction === 'forwards' ? 1 : -1;
    let left = limit;
    let at = -1;
    let last: number | null = null;
    return paged(() => {
      this.#mustBeOpen();
      if (last === null) {
        this.#refresh();
        const head = this.#committed;
        last = until === undefined ? (step > 0 ? head : 0) : Math.min(Number(until), head);
        const begin = step > 0 ? -1 : head + 1;
        at = (after === undefined ? begin : Math.min(Number(after), head + 1)) + step;
      }
      if (left <= 0 || at < 0 || at * step > last * step) return [];
      const far = at + step * (Math.min(PAGE, types ? PAGE : left) - 1);
      const to = step > 0 ? Math.min(far, last) : Math.max(far, last, 0);
      let page: readonly RecordedEvent[] = step > 0 ? this.#between(at, to) : this.#between(to, at).reverse();
      at = to + step;
      if (!foreign) page = withoutForeign(page);
      if (types) page = page.filter((event) => types.has(event.type));
      if (page.length > left) page = page.slice(0, left);
      left -= page.length;
      return page.length === 0 ? null : page;
    });
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscriptionItem> {
    this.#mustBeOpen();
    const log: FollowedLog = {
      head: () => {
        if (!this.#closing.signal.aborted) this.#refresh();
        return this.#committed;
      },
      page: (after, limit, types) => {
        const last = Math.min(after + limit, this.#committed);
        const all = this.#fromTail(after + 1, last) ?? this.#between(after + 1, last);
        const page = options.foreign === true ? all : withoutForeign(all);
        return { events: types ? page.filter((event) => types.has(event.type)) : page, last };
      },
      moved: (after, signal) =>
        this.#fileBell
          ? this.#fileBell.wait(() => log.head() > after, signal)
          : this.#committed > after
            ? Promise.resolve()
            : this.#bell.wait(signal),
    };
    return follow(log, options, this.#closing.signal);
  }

  async head(): Promise<bigint | null> {
    this.#mustBeOpen();
    this.#refresh();
    return this.#committed < 0 ? null : BigInt(this.#committed);
  }

  /**
   * Every position from 0 to the head, each with its event or with what is wrong there, without the event where it is a foreign
   * one; beside an event also where an index disagrees with it. Never throws on damaged data. O(events).
   */
  *scan(): Iterable<Scanned> {
    this.#mustBeOpen();
    this.#refresh();
    for (let at = 0; at <= this.#committed; at += 1) {
      const position = BigInt(at);
      let event: RecordedEvent | null = null;
      try {
        event = this.#at(at);
      } catch (error) {
        yield { position, problem: error instanceof RecordCorrupted ? error.reason : String(error) };
      }
      if (!event) continue;
      yield isForeign(event.stream) ? { position } : { position, event };
      const problem = this.#indexProblem(event);
      if (problem) yield { position, problem };
    }
  }

  /**
   * Blanks data and salt of the event at `position` and renews the record's digest; repeating it changes nothing. Append the
   * `EventRedacted` that names it first. What the file held there is gone for good only when its page is written again, or
   * after `closeCompacted`; a `backup` holds none of it.
   */
  async redact(position: bigint): Promise<void> {
    this.#mustBeOpen();
    if (this.#readOnly) throw new StoreUnavailable('the event store is open for reading only');
    const at = Number(position);
    if (at < 0 || at > this.#committed) throw new RangeError(`there is no event at position ${position}`);
    const event = this.#at(at);
    const blank = { id: event.id, type: event.type, data: null, salt: null, metadata: event.metadata };
    const number = this.#stored(event.stream)!;
    const recordedAt = Date.parse(event.recordedAt);
    const record = encodeRecord(this.#encoder, at, number, Number(event.revision), recordedAt, blank);
    try {
      await this.#environment.batch(() => {
        quiet(this.#records.put(at, record as unknown as Buffer));
      });
    } catch (error) {
      throw new StoreUnavailable('the event store cannot write; nothing was redacted', {
        cause: await causeOf(error),
      });
    }
    this.#tail = [];
  }

  /** Copies the live store into `folder`, compacted and durable, without stopping it: as it was at one moment. */
  async backup(folder: string): Promise<void> {
    this.#mustBeOpen();
    mkdirSync(folder, { recursive: true });
    const copy = join(folder, DATA_FILE);
    await this.#environment.backup(copy, true);
    flush(copy);
  }

  close(): Promise<void> {
    return this.#shut();
  }

  /**
   * Closes, and puts a compacted copy in the place of the file: what `redact` blanked is then gone from the disk. Needs as much
   * free space as the store's content; where it fails, the store is closed as it was.
   */
  async closeCompacted(): Promise<void> {
    const path = join(this.#folder, DATA_FILE);
    const copy = `${path}.compact`;
    try {
      rmSync(copy, { force: true });
      await this.#environment.backup(copy, true);
      flush(copy);
    } catch (error) {
      await this.#shut();
      rmSync(copy, { force: true });
      throw new StoreUnavailable('the event store could not be compacted: is the disk full?', {
        cause: error,
      });
    }
    await this.#shut(() => {
      renameSync(copy, path);
      flush(this.#folder);
    });
  }

  async #shut(replace: () => void = () => undefined): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    clearInterval(this.#readerCheck);
    this.#fileBell?.close();
    while (this.#queue.length > 0 || this.#flushing) await (this.#flushing ?? this.#flush());
    if (this.#deadlineTimer) clearTimeout(this.#deadlineTimer);
    await this.#environment.close();
    // While nobody else may write.
    replace();
    this.#lease?.release();
  }

  #mustBeOpen(): void {
    if (this.#closing.signal.aborted) throw new StoreUnavailable('the event store is closed');
  }

  /** A fresh handle has a fresh encoder: one whose structures could not be saved must not encode again. */
  #openStructures(): void {
    const options = {
      name: 'e',
      encoding: 'msgpack',
      sharedStructuresKey: Symbol.for('structures'),
      maxSharedStructures: 1024,
      cache: false,
    } as const;
    this.#structures = this.#environment.openDB<unknown, number>(options);
  }

  get #encoder(): Encoder {
    return (this.#structures as unknown as { readonly encoder: Encoder }).encoder;
  }

  // --- writing

  #enqueue(head: StreamHead, events: readonly NewEvent[], now: number, deadline: number): Append {
    const recordedAt = isoOf(now);
    let records: Carved[];
    try {
      records = events.map((event, i) =>
        encodeRecord(this.#encoder, this.#nextPosition + i, head.number, head.revision + 1 + i, now, event),
      );
    } catch (error) {
      this.#openStructures();
      throw new StoreUnavailable('the event store cannot write; nothing was stored', { cause: error });
    }
    const recorded = events.map(({ id, type, data, salt, metadata }, i): RecordedEvent => ({
      id,
      type,
      stream: head.name,
      revision: BigInt(head.revision + 1 + i),
      position: BigInt(this.#nextPosition + i),
      recordedAt,
      data,
      salt,
      metadata,
    }));
    let resolve!: Append['resolve'];
    let reject!: Append['reject'];
    const done = new Promise<Appended>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    const append: Append = { head, events: recorded, records, deadline, done, resolve, reject };
    head.revision += events.length;
    head.pending.push(append);
    this.#nextPosition += events.length;
    this.#queue.push(append);
    this.#schedule();
    this.#watchDeadlines(deadline);
    return append;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#flushing) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.#flushing && this.#queue.length > 0) void this.#flush();
    });
  }

  #flush(): Promise<void> {
    const group = this.#queue;
    this.#queue = [];
    this.#inFlight = group;
    this.#flushing = this.#commit(group).then(
      () => {
        this.#settle(group);
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
    return this.#flushing;
  }

  async #commit(group: readonly Append[]): Promise<void> {
    try {
      await this.#environment.batch(() => {
        for (const append of group) this.#put(append);
      });
    } catch (error) {
      throw await causeOf(error);
    }
  }

  /** The promises of the single puts resolve before the commit and reject with it: only the batch's own one counts. */
  #put({ head, events, records }: Append): void {
    if (!head.isStored) {
      head.isStored = true;
      quiet(this.#names.put(head.name, head.number));
      quiet(this.#names.put(head.number, head.name));
    }
    const last = events[events.length - 1]!;
    let position = Number(last.position) - records.length;
    for (const record of records) quiet(this.#records.put((position += 1), record as unknown as Buffer));
    // lmdb copies a key at once.
    const key = indexKey(head.number, Number(last.revision), KEY);
    quiet(this.#index.put(key, carveNumber(position) as unknown as Buffer));
  }

  #settle(group: readonly Append[]): void {
    this.#flushing = null;
    this.#inFlight = [];
    for (const { head, events } of group) {
      head.pending.shift();
      this.#committed = Number(events[events.length - 1]!.position);
      this.#tail.push(...events);
    }
    if (this.#tail.length > 2 * TAIL) this.#tail = this.#tail.slice(-TAIL);
    for (const { events, resolve } of group) {
      const { revision, position } = events[events.length - 1]!;
      resolve({ revision, position, repeated: false, events });
    }
    this.#bell.ring();
    if (this.#heads.size > CACHED_STREAMS) this.#forgetHeads();
    if (this.#queue.length > 0) this.#schedule();
  }

  #fail(cause: unknown): void {
    const failed = [...this.#inFlight, ...this.#queue];
    this.#flushing = null;
    this.#inFlight = [];
    this.#queue = [];
    this.#heads.clear();
    this.#recent.clear();
    this.#openStructures();
    this.#reload();
    const error = new StoreUnavailable(
      `the event store cannot write (${cause instanceof Error ? cause.message : String(cause)}); nothing was stored. ` +
        'It goes on when there is room on the disk',
      { cause },
    );
    for (const { reject } of failed) reject(error);
  }

  /** One timer for all that waits, set to the earliest deadline. */
  #watchDeadlines(deadline: number): void {
    if (this.#deadlineTimer) return;
    this.#deadlineTimer = setTimeout(
      () => {
        this.#deadlineTimer = null;
        const now = Date.now();
        let next = Infinity;
        for (const { deadline: due, reject, head } of [...this.#inFlight, ...this.#queue]) {
          if (due > now) next = Math.min(next, due);
          else
            reject(
              new DeadlineExceeded(
                `append to ${head.name}: not known to be stored; repeat it with the same ids`,
              ),
            );
        }
        if (next < Infinity) this.#watchDeadlines(next);
      },
      Math.max(1, deadline - Date.now()),
    );
    this.#deadlineTimer.unref();
  }

  /** The answer to an append that was made before; null where it is new. */
  #repetition(head: StreamHead, events: readonly NewEvent[], expected: Expected): Promise<Appended> | null {
    if (expected === 'any' || expected === 'exists') {
      return this.#recent.get(recentKey(head.name, events))?.then(asRepeated) ?? null;
    }
    const first = expected === 'absent' ? 0 : Number(expected) + 1;
    if (head.revision < first + events.length - 1) return null;
    const stored: RecordedEvent[] = [];
    let settled: Promise<unknown> = Promise.resolve();
    const pending = new Map(
      head.pending.flatMap((append) => append.events.map((e) => [Number(e.revision), append])),
    );
    for (const [i, { id }] of events.entries()) {
      const append = pending.get(first + i);
      const event = append
        ? append.events.find((e) => Number(e.revision) === first + i)!
        : this.#at(this.#positionOf(head.number, first + i)!);
      if (event.id !== id) return null;
      if (append) settled = append.done;
      stored.push(event);
    }
    const { revision, position } = stored[stored.length - 1]!;
    return settled.then(() => ({ revision, position, repeated: true, events: stored }));
  }

  #rememberRecent(stream: string, events: readonly NewEvent[], done: Promise<Appended>): void {
    const key = recentKey(stream, events);
    this.#recent.set(key, done);
    done.catch(() => this.#recent.delete(key));
    if (this.#recent.size <= RECENT_APPENDS) return;
    const oldest = this.#recent.keys().next();
    if (!oldest.done) this.#recent.delete(oldest.value);
  }

  // --- heads and names

  #head(stream: string): StreamHead | undefined {
    const cached = this.#heads.get(stream);
    if (cached) return cached;
    const number = this.#stored(stream);
    if (number === undefined) return undefined;
    const head: StreamHead = {
      number,
      name: stream,
      revision: this.#lastRevision(number),
      isStored: true,
      pending: [],
    };
    this.#heads.set(stream, head);
    return head;
  }

  #newHead(stream: string): StreamHead {
    if (stream === '' || Buffer.byteLength(stream) > 512)
      throw new TypeError('a stream name has 1 to 512 bytes');
    const head: StreamHead = {
      number: this.#nextStream,
      name: stream,
      revision: -1,
      isStored: false,
      pending: [],
    };
    this.#nextStream += 1;
    this.#heads.set(stream, head);
    this.#nameOf.set(head.number, stream);
    return head;
  }

  #forgetHeads(): void {
    for (const [stream, head] of this.#heads) {
      if (this.#heads.size <= CACHED_STREAMS / 2) return;
      if (head.pending.length === 0 && head.isStored) this.#heads.delete(stream);
    }
  }

  #stored(stream: string): number | undefined {
    return this.#names.get(stream) as number | undefined;
  }

  #streamName(number: number): string | undefined {
    let name = this.#nameOf.get(number);
    if (name === undefined) {
      name = this.#names.get(number) as string | undefined;
      if (this.#nameOf.size > CACHED_STREAMS) this.#nameOf.clear();
      if (name !== undefined) this.#nameOf.set(number, name);
    }
    return name;
  }

  /** What the disk holds. */
  #reload(): void {
    this.#environment.resetReadTxn();
    this.#committed = lastNumber(this.#records) ?? -1;
    this.#nextPosition = this.#committed + 1;
    this.#nextStream = (lastNumber(this.#names) ?? -1) + 1;
    this.#nameOf.clear();
    this.#tail = [];
  }

  /** The writer knows its head; a reader beside it looks. */
  #refresh(): void {
    if (!this.#readOnly) return;
    this.#environment.resetReadTxn();
    this.#committed = lastNumber(this.#records) ?? -1;
  }

  // --- reading

  /** The events of `[from, to]` by one cursor: a third faster than one by one. */
  #between(from: number, to: number): RecordedEvent[] {
    const events: RecordedEvent[] = [];
    const encoder = this.#encoder;
    let at = from;
    try {
      for (const { key, value } of this.#records.getRange({ start: from, end: to + 1 })) {
        if (key !== at) break;
        events.push(decodeRecord(encoder, at, value, this.#nameLookup));
        at += 1;
      }
    } catch (error) {
      if (error instanceof RecordCorrupted) throw error;
      throw new RecordCorrupted(BigInt(at), String(error));
    }
    if (at <= to) throw new RecordCorrupted(BigInt(at), 'it is missing');
    return events;
  }

  /** Up to `limit` committed events of a stream from `revision`, in the direction of `step`. */
  #ofStream(number: number, revision: number, limit: number, step: 1 | -1): readonly RecordedEvent[] {
    if (revision < 0) return [];
    const first = step > 0 ? revision : Math.max(0, revision - limit + 1);
    const last = step > 0 ? first + limit - 1 : revision;
    const events: RecordedEvent[] = [];
    let next = first;
    let run: { from: number; to: number } | null = null;
    const read = ({ from, to }: { from: number; to: number }) => {
      if (from === to) events.push(this.#at(from));
      else for (const event of this.#between(from, to)) events.push(event);
    };
    const end = indexKey(number, 0xffffffff);
    for (const { key, value } of this.#index.getRange({ start: indexKey(number, first), end })) {
      const position = value.readDoubleBE(0);
      if (position > this.#committed) break;
      const lastOfAppend = key.readUInt32BE(4);
      const from = position - (lastOfAppend - next);
      const to = position - Math.max(0, lastOfAppend - last);
      if (run?.to === from - 1) run.to = to;
      else {
        if (run) read(run);
        run = { from, to };
      }
      next = lastOfAppend + 1;
      if (next > last) break;
    }
    if (run) read(run);
    for (const [i, event] of events.entries()) {
      if (Number(event.revision) === first + i) continue;
      throw new RecordCorrupted(event.position, `the index has it at revision ${first + i} of a stream`);
    }
    return step > 0 ? events : events.reverse();
  }

  #at(position: number): RecordedEvent {
    let bytes: Buffer | undefined;
    try {
      bytes = this.#records.getBinaryFast(position);
    } catch (error) {
      throw new RecordCorrupted(BigInt(position), String(error));
    }
    if (!bytes) throw new RecordCorrupted(BigInt(position), 'it is missing');
    return decodeRecord(this.#encoder, position, bytes, this.#nameLookup);
  }

  readonly #nameLookup = (number: number): string | undefined => this.#streamName(number);

  /** Null where the range begins before what is kept. */
  #fromTail(from: number, to: number): readonly RecordedEvent[] | null {
    const first = this.#tail[0];
    if (!first || from < Number(first.position)) return null;
    const start = from - Number(first.position);
    return this.#tail.slice(start, start + to - from + 1);
  }

  #positionOf(number: number, revision: number): number | null {
    const range = { start: indexKey(number, revision), end: indexKey(number, 0xffffffff), limit: 1 };
    for (const { key, value } of this.#index.getRange(range)) {
      return value.readDoubleBE(0) - (key.readUInt32BE(4) - revision);
    }
    return null;
  }

  #lastRevision(number: number): number {
    const keys = this.#index.getKeys({
      start: indexKey(number, 0xffffffff),
      end: indexKey(number, 0),
      inclusiveEnd: true,
      reverse: true,
      limit: 1,
    });
    for (const key of keys) return key.readUInt32BE(4);
    return -1;
  }

  #indexProblem(event: RecordedEvent): string | null {
    try {
      const number = this.#stored(event.stream);
      if (number === undefined) return `the index of names does not know its stream ${event.stream}`;
      const position = this.#positionOf(number, Number(event.revision));
      if (position === Number(event.position)) return null;
      return `the index of ${event.stream} has ${position ?? 'nothing'} at revision ${event.revision}`;
    } catch (error) {
      return `an index cannot be read (${String(error)})`;
    }
  }
}

function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

let quieted: Promise<boolean> | undefined;

/** Puts of one batch mostly share their promise; the batch's own one tells what became of it. */
function quiet(put: Promise<boolean>): void {
  if (put === quieted) return;
  quieted = put;
  put.catch(() => undefined);
}

function withoutForeign(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  return events.some((event) => isForeign(event.stream))
    ? events.filter((event) => !isForeign(event.stream))
    : events;
}

function isMet(expected: Expected, revision: number): boolean {
  if (expected === 'any') return true;
  if (expected === 'absent') return revision < 0;
  if (expected === 'exists') return revision >= 0;
  return expected === BigInt(revision) && revision >= 0;
}

const KEY = Buffer.alloc(8);

function indexKey(number: number, revision: number, key = Buffer.allocUnsafe(8)): Buffer {
  key.writeUInt32BE(number, 0);
  key.writeUInt32BE(revision, 4);
  return key;
}

function recentKey(stream: string, events: readonly NewEvent[]): string {
  return `${stream}\0${events[0]!.id}`;
}

function asRepeated(appended: Appended): Appended {
  return { ...appended, repeated: true };
}

function lastNumber(database: Database<unknown, string | number>): number | undefined {
  // Strings and the structures' symbol may follow or precede; numbers stand together.
  for (const key of database.getKeys({ start: Number.MAX_SAFE_INTEGER, reverse: true, limit: 1 })) {
    if (typeof key === 'number') return key;
  }
  return undefined;
}

/** lmdb tells why a commit failed in a second promise, which must be handled too. */
async function causeOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { readonly commitError?: Promise<unknown> };
  if (!commitError) return error;
  const cause = commitError.then(
    () => error,
    (reason: unknown) => reason,
  );
  const timeout = new Promise((resolve) => setTimeout(resolve, 200, error));
  return Promise.race([cause, timeout]);
}
