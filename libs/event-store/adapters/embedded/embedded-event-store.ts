import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refused, type RecordedEvent } from '#libs/kernel';
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
import { AppendQueue } from './append-queue.js';
import {
  decoded,
  deferred,
  lastOf,
  late,
  outcomeOf,
  treeEntriesOf,
  type Append,
  type StreamHead,
} from './append.js';
import { cannotWrite, reasonOf } from './cannot-write.js';
import { FileDoorbell } from './file-doorbell.js';
import { Journal, type JournalEntry } from './journal.js';
import { identityOf, WriterLease } from './lease.js';
import { Overlay } from './overlay.js';
import { encodeRecord, isoOf, type Carved } from './record.js';
import { RecentAppends, type Extent } from './recent-appends.js';
import { adopt, journalEntries } from './recovery.js';
import { type Scanned } from './scan.js';
import { StreamHeads } from './stream-heads.js';
import { Tail } from './tail.js';
import { Transfer } from './transfer.js';
import { EventTree, flush, LAST_REVISION } from './tree.js';

export interface EmbeddedOptions {
  /** Holds `events.mdb`, its lock file, the journal and the writer's lease. Made where it is missing, for its owner alone, unless `readOnly`. */
  readonly folder: string;
  /** Reads beside the writer, from another process, or from its own once it is open; appends are refused. */
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
/** Records checked against their checksums when the store opens; everything else is checked whenever it is read. */
const CHECKED_AT_OPEN = 256;
const POLL_MS = 2;

/** What says by itself why a store does not open. */
const KNOWN = [RecordCorrupted, StoreUnavailable, DeadlineExceeded, Refused];

/** What only a store that writes has. */
interface Writer {
  readonly journal: Journal;
  readonly queue: AppendQueue;
  readonly transfer: Transfer;
}

/** Opens the event store of a folder. Rejects with `Refused` (`event-store/in-use`) beside another writer. */
export function openEmbeddedEventStore(options: EmbeddedOptions): Promise<EmbeddedEventStore> {
  return EmbeddedEventStore.open(options);
}

/**
 * The event store of one writing process: a journal that makes appends durable, and a tree on LMDB that takes them in a moment later,
 * many at once (ADR 0019). Expectations are checked against heads in memory and positions assigned when `append` is called. An
 * append is answered, and subscribers hear of it, when its group is on the disk; until the tree has it, it is read from memory.
 * After a failed write everything queued is rejected.
 */
export class EmbeddedEventStore extends EventStore {
  readonly #folder: string;
  readonly #readOnly: boolean;
  readonly #clock: () => number;
  readonly #lease: WriterLease | null;
  readonly #tree: EventTree;
  readonly #heads: StreamHeads;
  readonly #overlay: Overlay;
  /** Null for a reader. */
  #writer: Writer | null = null;

  readonly #recent = new RecentAppends();
  #nextPosition = 0;
  #committed = -1;
  /** Of the last event, in ms: recorded times never go back, whatever the clock does. */
  #recordedAt = 0;
  /** Settles when nobody holds back writes. */
  #rest: Promise<unknown> = Promise.resolve();
  #holds = 0;

  readonly #tail = new Tail();
  readonly #bell = new Doorbell();
  readonly #fileBell: FileDoorbell | null = null;
  /** Which file it is that a reader reads: a writer that compacts puts another in its place. */
  readonly #file: string;
  readonly #closing = new AbortController();

  static async open(options: EmbeddedOptions): Promise<EmbeddedEventStore> {
    const { folder, readOnly = false, mapSize = 2 ** 38 } = options;
    const path = join(folder, DATA_FILE);
    if (readOnly && !existsSync(path)) throw new StoreUnavailable(`there is no event store in ${folder}`);
    let lease: WriterLease | null = null;
    let tree: EventTree | null = null;
    try {
      if (!readOnly) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        lease = WriterLease.take(folder);
        // Of a writer that was killed while it compacted.
        rmSync(compactOf(path), { force: true });
      }
      tree = new EventTree({ path, readOnly, mapSize });
      const store = new EmbeddedEventStore(options, tree, lease);
      await (readOnly ? store.#followWriter() : store.#recover());
      return store;
    } catch (error) {
      await tree?.close();
      lease?.release();
      if (KNOWN.some((known) => error instanceof known)) throw error;
      throw new StoreUnavailable(
        `${path} cannot be opened as an event store (${reasonOf(error)}); ` +
          'where it is damaged, restore it from a backup',
        { cause: error },
      );
    }
  }

  private constructor(options: EmbeddedOptions, tree: EventTree, lease: WriterLease | null) {
    super();
    const { folder, readOnly = false, clock = Date.now } = options;
    this.#folder = folder;
    this.#readOnly = readOnly;
    this.#clock = clock;
    this.#lease = lease;
    if (readOnly) this.#fileBell = new FileDoorbell(join(folder, DATA_FILE));
    this.#tree = tree;
    this.#heads = new StreamHeads(tree);
    this.#file = identityOf(join(folder, DATA_FILE));
    this.#committed = tree.lastPosition();
    this.#overlay = new Overlay(this.#committed);
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
    const { queue, transfer } = this.#mustWrite();
    if (transfer.failure) throw cannotWrite(transfer.failure.cause);
    if (events.length === 0) throw new TypeError('an append holds at least one event');
    const admitted = admit(events, isForeign(stream) ? FOREIGN_APPEND_LIMIT : APPEND_LIMIT);
    const head = this.#heads.get(stream);
    const extent = head && this.#extentOfRepeated(head, admitted, expected);
    if (extent) return this.#repetition(head, extent, deadlineMs);
    const revision = head?.revision ?? -1;
    if (!isMet(expected, revision)) {
      throw new WrongExpectedRevision(stream, expected, revision < 0 ? null : BigInt(revision));
    }
    const deadline = Date.now() + deadlineMs;
    this.#recordedAt = Math.max(this.#recordedAt, this.#clock());
    const append = this.#prepare(head ?? this.#heads.create(stream), admitted, this.#recordedAt, deadline);
    queue.add(append);
    if (expected === 'any' || expected === 'exists') this.#recent.add(append);
    return append.answer.promise;
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
      if (at === null) {
        if (step > 0) at = Number(from ?? 0);
        else {
          const last = this.#lastRevision(stream);
          at = from === undefined ? last : Math.min(Number(from), last);
        }
      }
      const page = this.#ofStream(stream, at, Math.min(PAGE, left), step);
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
        const all = this.#tail.between(after + 1, last) ?? this.#between(after + 1, last);
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
      const problem = at > this.#overlay.inTree ? null : this.#tree.indexProblem(event);
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
    const writer = this.#mustWrite();
    const at = Number(position);
    if (at < 0 || at > this.#committed) throw new RangeError(`there is no event at position ${position}`);
    try {
      await this.#whileHeld(writer, async () => {
        await this.#tree.blank(this.#at(at));
        writer.journal.erase();
      });
    } catch (error) {
      if (error instanceof RecordCorrupted) throw error;
      throw new StoreUnavailable('the event store cannot write; nothing was redacted', { cause: error });
    }
    this.#tail.clear();
  }

  /**
   * Copies the live store into `folder`, compacted and durable, without stopping it: as it was at one moment, with all that was
   * acknowledged before. Rejects with `DeadlineExceeded` where a writer beside this reader does not bring its file up to that.
   */
  async backup(folder: string): Promise<void> {
    this.#mustBeOpen();
    if (this.#writer) await this.#writer.transfer.reach(this.#committed);
    else await this.#followWriter();
    mkdirSync(folder, { recursive: true });
    await this.#tree.copyTo(join(folder, DATA_FILE));
    if (this.#writer || this.#overlay.size === 0) return;
    // Of a writer that ended: the next one takes in what the journal holds, there as here.
    for (const path of Journal.paths(this.#folder)) {
      const copy = join(folder, basename(path));
      copyFileSync(path, copy);
      flush(copy);
    }
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
    const copy = compactOf(path);
    let failure: unknown;
    await this.#shut(
      async () => {
        try {
          rmSync(copy, { force: true });
          await this.#tree.copyTo(copy);
        } catch (error) {
          failure = error;
        }
      },
      () => {
        if (failure !== undefined) rmSync(copy, { force: true });
        else {
          renameSync(copy, path);
          flush(this.#folder);
        }
      },
    );
    if (failure !== undefined)
      throw new StoreUnavailable('the event store could not be compacted: is the disk full?', {
        cause: failure,
      });
  }

  /** `before` runs when nothing is written any more, `after` when the file is closed and nobody else may write yet. */
  async #shut(before?: () => Promise<void>, after?: () => void): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#fileBell?.close();
    await this.#rest;
    const { queue, transfer, journal } = this.#writer ?? {};
    await queue?.close();
    // What the tree cannot take in stays in the journal.
    await transfer?.reach(this.#committed).catch(() => undefined);
    transfer?.close();
    // Where the tree has no room the journal stays, for the next writer.
    const isWhole =
      journal !== undefined &&
      this.#overlay.size === 0 &&
      (await this.#tree.setJournal(null).then(
        () => true,
        () => false,
      ));
    try {
      await before?.();
      await this.#tree.close();
      await journal?.close({ remove: isWhole });
      after?.();
    } catch (error) {
      throw new StoreUnavailable(
        `the event store was closed out of order (${reasonOf(error)}); nothing is lost, the next writer takes in what the journal holds`,
        { cause: error },
      );
    } finally {
      this.#lease?.release();
    }
  }

  #mustBeOpen(): void {
    if (this.#closing.signal.aborted) throw new StoreUnavailable('the event store is closed');
  }

  #mustWrite(): Writer {
    if (!this.#writer) throw new StoreUnavailable('the event store is open for reading only');
    return this.#writer;
  }

  // --- writing

  /** Gives the events their positions and puts them at the end of their stream. */
  #prepare(head: StreamHead, events: readonly NewEvent[], now: number, deadline: number): Append {
    const recordedAt = isoOf(now);
    let records: Carved[];
    try {
      records = events.map((event, i) =>
        encodeRecord(
          this.#tree.encoder,
          this.#nextPosition + i,
          head.number,
          head.revision + 1 + i,
          now,
          event,
        ),
      );
    } catch (error) {
      this.#tree.renewEncoder();
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
    const bytes = records.reduce((sum, { start, end }) => sum + end - start, 0);
    const answer = deferred<Appended>();
    const append: Append = { head, events: recorded, records, bytes, deadline, answer, outcome: null };
    head.revision += events.length;
    head.pending.push(append);
    this.#nextPosition += events.length;
    return append;
  }

  #writerOf(journal: Journal): Writer {
    const queue: AppendQueue = new AppendQueue(journal, {
      mayWrite: () => this.#holds === 0 && !transfer.isBehind,
      written: (group) => {
        for (const append of group) {
          this.#committed = Number(lastOf(append).position);
          this.#tail.add(append);
          this.#overlay.add(append);
        }
        this.#bell.ring();
        transfer.follow();
      },
      failed: (appends, cause) => {
        this.#nextPosition = this.#committed + 1;
        for (const append of appends.toReversed()) {
          this.#heads.takeBack(append);
          this.#recent.takeBack(append);
        }
        return cannotWrite(cause);
      },
    });
    const transfer: Transfer = new Transfer(journal, this.#tree, this.#overlay, {
      writing: () => queue.writing,
      ended: () => {
        this.#heads.trim();
        queue.schedule();
      },
    });
    return { journal, queue, transfer };
  }

  /** Runs `task` while nothing is written and the tree has everything. */
  #whileHeld({ queue, transfer }: Writer, task: () => Promise<void>): Promise<void> {
    this.#holds += 1;
    const run = this.#rest.then(async () => {
      try {
        await queue.writing;
        await transfer.reach(this.#committed);
        await task();
      } finally {
        this.#holds -= 1;
        queue.schedule();
      }
    });
    this.#rest = run.catch(() => undefined);
    return run;
  }

  // --- opening

  /** Takes into the tree what a writer that ended left in the journal, and begins a new one. */
  async #recover(): Promise<void> {
    const left = this.#adopted(journalEntries(this.#folder, this.#tree, this.#committed));
    if (left.length > 0) {
      await this.#tree.put(treeEntriesOf(left));
      this.#overlay.inTree = this.#committed = this.#tree.lastPosition();
    }
    this.#heads.restart();
    for (let at = Math.max(0, this.#committed + 1 - CHECKED_AT_OPEN); at <= this.#committed; at += 1)
      this.#recordedAt = Date.parse(this.#tree.at(at).recordedAt);
    this.#nextPosition = this.#committed + 1;
    // Files that were half overwritten are nobody's.
    if (this.#tree.journal !== null) await this.#tree.setJournal(null);
    const { journal, id } = Journal.begin(this.#folder);
    this.#writer = this.#writerOf(journal);
    await this.#tree.setJournal({ id, folder: identityOf(this.#folder) });
  }

  /**
   * Makes a reader see all that was acknowledged before: it waits for a living writer to bring it into the tree, and reads the
   * journal itself where the writer has ended. Damage is left to the scan of an auditor, whoever writes names it.
   */
  async #followWriter(): Promise<void> {
    const end = Date.now() + DEADLINE_MS;
    let target: number | null = null;
    for (;;) {
      const isLive = WriterLease.isLive(this.#folder);
      this.#refresh();
      try {
        const entries = journalEntries(this.#folder, this.#tree, this.#overlay.inTree);
        const last = entries[entries.length - 1];
        target ??= last ? last.position + last.records.length - 1 : -1;
        if (target <= this.#committed) return;
        if (!isLive) {
          this.#heads.restart();
          for (const append of this.#adopted(entries)) {
            append.head.pending.push(append);
            this.#overlay.add(append);
            this.#committed = Number(lastOf(append).position);
          }
          return;
        }
      } catch (error) {
        // A file that is being written may look damaged.
        if (!isLive) throw error;
      }
      if (Date.now() > end)
        throw new DeadlineExceeded(`the writer has not brought ${this.#folder}/${DATA_FILE} up to date`);
      await sleep(POLL_MS);
    }
  }

  #adopted(entries: readonly JournalEntry[]): readonly Append[] {
    return adopt(entries, {
      folder: this.#folder,
      tree: this.#tree,
      heads: this.#heads,
      inTree: this.#overlay.inTree,
    });
  }

  /** Where these events, appended before, stand or will stand; undefined where they are new. */
  #extentOfRepeated(head: StreamHead, events: readonly NewEvent[], expected: Expected): Extent | undefined {
    if (expected === 'any' || expected === 'exists') return this.#recent.find(head.name, events[0]!.id);
    const first = expected === 'absent' ? 0 : Number(expected) + 1;
    const last = first + events.length - 1;
    if (head.revision < last) return undefined;
    return events.every(({ id }, i) => id === this.#appendedAt(head, first + i).id)
      ? { first, last }
      : undefined;
  }

  /** Durable or not. */
  #appendedAt(head: StreamHead, revision: number): RecordedEvent {
    for (const { events } of head.pending) {
      const event = events[revision - Number(events[0]!.revision)];
      if (event) return event;
    }
    return this.#at(this.#tree.positionOf(head.number, revision)!);
  }

  /** The answer to an append that was made before, once that one is durable. It is not bound by the earlier one's deadline. */
  async #repetition(head: StreamHead, { first, last }: Extent, deadlineMs: number): Promise<Appended> {
    const earlier = head.pending.find((append) => Number(lastOf(append).revision) >= last);
    if (earlier && Number(lastOf(earlier).position) > this.#committed)
      await within(deadlineMs, outcomeOf(earlier), head.name);
    const events = this.#ofStream(head.name, first, last - first + 1, 1);
    const { revision, position } = events[events.length - 1]!;
    return { revision, position, repeated: true, events };
  }

  // --- reading

  /** The writer knows its head; a reader beside it looks. */
  #refresh(): void {
    if (!this.#readOnly) return;
    if (this.#file !== identityOf(join(this.#folder, DATA_FILE)))
      throw new StoreUnavailable(
        `${this.#folder}/${DATA_FILE} was replaced by a compacted one; open it again`,
      );
    this.#overlay.inTree = this.#tree.lastPosition();
    if (this.#overlay.inTree < this.#committed) return;
    this.#committed = this.#overlay.inTree;
    if (this.#overlay.size === 0) return;
    this.#overlay.clear();
    this.#heads.restart();
  }

  #at(position: number): RecordedEvent {
    return position > this.#overlay.inTree ? this.#between(position, position)[0]! : this.#tree.at(position);
  }

  #between(from: number, to: number): RecordedEvent[] {
    const inTree = Math.min(to, this.#overlay.inTree);
    const events = from <= inTree ? this.#tree.between(from, inTree) : [];
    if (to === inTree) return events;
    return [...events, ...this.#overlay.between(from, to, this.#tree.encoder)];
  }

  /** Up to `limit` committed events of a stream from `revision`, in the direction of `step`. */
  #ofStream(stream: string, revision: number, limit: number, step: 1 | -1): readonly RecordedEvent[] {
    if (revision < 0 || revision > LAST_REVISION) return [];
    const first = step > 0 ? revision : Math.max(0, revision - limit + 1);
    const last = step > 0 ? first + limit - 1 : revision;
    const head = this.#heads.inMemory(stream);
    const number = head?.number ?? this.#tree.streamNumber(stream);
    if (number === undefined) return [];
    const events = this.#tree.ofStream(number, first, last, this.#committed);
    for (const append of head?.pending ?? []) {
      if (Number(lastOf(append).position) > this.#committed) break;
      for (const [i, { revision: at }] of append.events.entries()) {
        // The tree may have it already, and this process not have heard of it.
        if (Number(at) === first + events.length && at <= last)
          events.push(decoded(append, i, this.#tree.encoder));
      }
    }
    return step > 0 ? events : events.reverse();
  }

  /** Of the last committed event, -1 where there is none. */
  #lastRevision(stream: string): number {
    const head = this.#heads.inMemory(stream);
    const last = head?.pending.findLast((append) => Number(lastOf(append).position) <= this.#committed);
    if (last) return Number(lastOf(last).revision);
    const number = head?.number ?? this.#tree.streamNumber(stream);
    return number === undefined ? -1 : this.#tree.lastRevision(number);
  }
}

function compactOf(path: string): string {
  return `${path}.compact`;
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

async function within(ms: number, outcome: Promise<Appended>, stream: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late(stream));
    }, ms);
  });
  try {
    await Promise.race([outcome, passed]);
  } finally {
    clearTimeout(timer);
  }
}
