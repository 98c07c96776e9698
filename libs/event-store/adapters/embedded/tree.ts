import { closeSync, fsyncSync, openSync } from 'node:fs';
import { open, type Database, type RootDatabase } from 'lmdb';
import { type RecordedEvent } from '#libs/kernel';
import { RecordCorrupted } from '../../port/event-store.js';
import { checkPages } from './check-pages.js';
import { carveNumber, decodeRecord, encodeRecord, RAW, type Carved, type Encoder } from './record.js';

/** What one append adds to the tree. */
export interface TreeEntry {
  readonly streamNumber: number;
  /** Null where the tree knows the stream. */
  readonly newName: string | null;
  /** Of its last event. */
  readonly revision: number;
  /** Of its last event. */
  readonly position: number;
  readonly records: readonly Carved[];
}

export interface JournalMark {
  readonly id: string;
  /** Identity of the folder where it stands: a copy of the tree has no journal beside it. */
  readonly folder: string;
}

export interface TreeOptions {
  readonly path: string;
  readonly readOnly: boolean;
  readonly mapSize: number;
}

/** The index has 4 bytes for it. */
export const LAST_REVISION = 0xffffffff;
const JOURNAL = Symbol.for('journal');
const CACHED_NAMES = 50_000;
const READER_CHECK_MS = 30_000;

/**
 * Events in an LMDB file, and how they are found. Databases: `e` position → record; `s` one entry an append, (stream number,
 * revision of its last event; 4 bytes each, big-endian) → that event's position (double, big-endian); `n` name → stream number and
 * number → name. Positions count from 0 without gaps.
 */
export class EventTree {
  readonly #environment: RootDatabase;
  /** `e` as bytes. */
  readonly #records: Database<Buffer, number>;
  /** `e` again, for its encoder: the structures that records share stand there too. */
  #structures!: Database<unknown, number>;
  readonly #index: Database<Buffer, Buffer>;
  readonly #names: Database<string | number, string | number>;
  /** `n` again, under keys that no stream has. */
  readonly #marks: Database<string, symbol>;
  readonly #nameOf = new Map<number, string>();
  readonly #readerCheck: NodeJS.Timeout;

  /** Throws where the file is damaged. */
  constructor({ path, readOnly, mapSize }: TreeOptions) {
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
    this.renewEncoder();
    this.#index = this.#environment.openDB({ name: 's', keyEncoding: 'binary', ...RAW });
    this.#names = this.#environment.openDB({ name: 'n', encoding: 'ordered-binary', cache: false });
    this.#marks = this.#names as unknown as Database<string, symbol>;
    this.#readerCheck = setInterval(() => {
      this.#environment.readerCheck();
    }, READER_CHECK_MS);
    this.#readerCheck.unref();
  }

  get encoder(): Encoder {
    return (this.#structures as unknown as { readonly encoder: Encoder }).encoder;
  }

  /** A fresh handle has a fresh encoder: one whose structures could not be saved must not encode again. */
  renewEncoder(): void {
    const options = {
      name: 'e',
      encoding: 'msgpack',
      sharedStructuresKey: Symbol.for('structures'),
      maxSharedStructures: 1024,
      cache: false,
    } as const;
    this.#structures = this.#environment.openDB<unknown, number>(options);
  }

  /** -1 where there is none. Looks at what other processes wrote, too. */
  lastPosition(): number {
    this.#environment.resetReadTxn();
    return lastNumber(this.#records) ?? -1;
  }

  /** -1 where there is none. */
  lastStreamNumber(): number {
    return lastNumber(this.#names) ?? -1;
  }

  /** All of it or nothing, durable when it resolves. The promises of the single puts resolve before, and only the batch's own counts. */
  async put(entries: readonly TreeEntry[]): Promise<void> {
    await this.#batch(() => {
      for (const { streamNumber, newName, revision, position, records } of entries) {
        if (newName !== null) {
          quiet(this.#names.put(newName, streamNumber));
          quiet(this.#names.put(streamNumber, newName));
        }
        let at = position - records.length;
        for (const record of records) quiet(this.#records.put((at += 1), record as unknown as Buffer));
        // lmdb copies a key at once.
        const key = indexKey(streamNumber, revision, KEY);
        quiet(this.#index.put(key, carveNumber(position) as unknown as Buffer));
      }
    });
  }

  /** The journal that a writer keeps beside the tree, or kept when it ended out of order; null where there is none. */
  get journal(): JournalMark | null {
    const mark = this.#marks.get(JOURNAL);
    if (mark === undefined) return null;
    const [id = '', folder = ''] = mark.split(' ');
    return { id, folder };
  }

  async setJournal(mark: JournalMark | null): Promise<void> {
    await this.#batch(() => {
      quiet(mark ? this.#marks.put(JOURNAL, `${mark.id} ${mark.folder}`) : this.#marks.remove(JOURNAL));
    });
  }

  /** Puts the event without data and salt in its place, its checksum renewed. Durable when it resolves. */
  async blank(event: RecordedEvent): Promise<void> {
    const { id, type, metadata } = event;
    const position = Number(event.position);
    const number = this.streamNumber(event.stream)!;
    const blank = { id, type, data: null, salt: null, metadata };
    const recordedAt = Date.parse(event.recordedAt);
    const record = encodeRecord(this.encoder, position, number, Number(event.revision), recordedAt, blank);
    await this.#batch(() => {
      quiet(this.#records.put(position, record as unknown as Buffer));
    });
  }

  /** Writes a compacted, durable copy to `path`, as of one moment. */
  async copyTo(path: string): Promise<void> {
    await this.#environment.backup(path, true);
    flush(path);
  }

  async close(): Promise<void> {
    clearInterval(this.#readerCheck);
    await this.#environment.close();
  }

  streamNumber(name: string): number | undefined {
    return this.#names.get(name) as number | undefined;
  }

  streamName(number: number): string | undefined {
    let name = this.#nameOf.get(number);
    if (name === undefined) {
      name = this.#names.get(number) as string | undefined;
      if (name !== undefined) this.#remember(number, name);
    }
    return name;
  }

  #remember(number: number, name: string): void {
    if (this.#nameOf.size > CACHED_NAMES) this.#nameOf.clear();
    this.#nameOf.set(number, name);
  }

  /** Throws `RecordCorrupted` where it is missing or damaged. */
  at(position: number): RecordedEvent {
    let bytes: Buffer | undefined;
    try {
      bytes = this.#records.getBinaryFast(position);
    } catch (error) {
      throw new RecordCorrupted(BigInt(position), String(error));
    }
    if (!bytes) throw new RecordCorrupted(BigInt(position), 'it is missing');
    return decodeRecord(this.encoder, position, bytes, this.#nameLookup);
  }

  /** The events of `[from, to]` by one cursor: a third faster than one by one. Throws `RecordCorrupted`. */
  between(from: number, to: number): RecordedEvent[] {
    const events: RecordedEvent[] = [];
    const { encoder } = this;
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

  /** Of a stream the events at revisions `[first, last]` and positions up to `until`, forwards. Throws `RecordCorrupted`. */
  ofStream(number: number, first: number, last: number, until: number): RecordedEvent[] {
    const events: RecordedEvent[] = [];
    let next = first;
    let run: { from: number; to: number } | null = null;
    const read = ({ from, to }: { from: number; to: number }) => {
      if (from === to) events.push(this.at(from));
      else for (const event of this.between(from, to)) events.push(event);
    };
    const end = indexKey(number, LAST_REVISION);
    for (const { key, value } of this.#index.getRange({ start: indexKey(number, first), end })) {
      const position = value.readDoubleBE(0);
      if (position > until) break;
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
    return events;
  }

  positionOf(number: number, revision: number): number | null {
    const range = { start: indexKey(number, revision), end: indexKey(number, LAST_REVISION), limit: 1 };
    for (const { key, value } of this.#index.getRange(range)) {
      return value.readDoubleBE(0) - (key.readUInt32BE(4) - revision);
    }
    return null;
  }

  /** -1 where the stream has none. */
  lastRevision(number: number): number {
    const keys = this.#index.getKeys({
      start: indexKey(number, LAST_REVISION),
      end: indexKey(number, 0),
      inclusiveEnd: true,
      reverse: true,
      limit: 1,
    });
    for (const key of keys) return key.readUInt32BE(4);
    return -1;
  }

  /** Where an index disagrees with a record, in words. */
  indexProblem(event: RecordedEvent): string | null {
    try {
      const number = this.streamNumber(event.stream);
      if (number === undefined) return `the index of names does not know its stream ${event.stream}`;
      const position = this.positionOf(number, Number(event.revision));
      if (position === Number(event.position)) return null;
      return `the index of ${event.stream} has ${position ?? 'nothing'} at revision ${event.revision}`;
    } catch (error) {
      return `an index cannot be read (${String(error)})`;
    }
  }

  readonly #nameLookup = (number: number): string | undefined => this.streamName(number);

  async #batch(puts: () => void): Promise<void> {
    try {
      await this.#environment.batch(puts);
    } catch (error) {
      throw await causeOf(error);
    }
  }
}

export function flush(path: string): void {
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

const KEY = Buffer.alloc(8);

function indexKey(number: number, revision: number, key = Buffer.allocUnsafe(8)): Buffer {
  key.writeUInt32BE(number, 0);
  key.writeUInt32BE(revision, 4);
  return key;
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
