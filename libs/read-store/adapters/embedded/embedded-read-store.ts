import { mkdirSync } from 'node:fs';
import { StoreUnavailable } from '#libs/event-store';
import { ABORT, open, type Database, type RootDatabase } from 'lmdb';
import { decodeCursor, encodeCursor, fieldsOf, valuesOf, type IndexValue } from '../../port/cursor.js';
import { afterPrefix, encodeIndexValues, encodeRowKey } from '../../port/index-key.js';
import { documentText, storedForm } from '../../port/stored-form.js';
import {
  CheckpointMoved,
  ReadStore,
  type Checkpoint,
  type CollectionSpec,
  type ListOptions,
  type Page,
  type RowWrite,
  type StoredRow,
} from '../../port/read-store.js';

interface Prepared {
  readonly key: Buffer;
  readonly position: bigint;
  /** Null deletes. */
  readonly record: Buffer | null;
  readonly rowKey: string;
  readonly collection: CollectionSpec;
  /** By index, in the order of the collection's; null where the row is deleted. */
  readonly values: readonly (readonly IndexValue[])[] | null;
}

/** The engine reuses some buffers between calls; a slice of this lives as long as it is needed. */
const positionBytes = 8;
const dropChunk = 5_000;

/**
 * The read store in an LMDB environment of its own. Several processes may write: each commit is one LMDB transaction that
 * checks before it writes, durable when it resolves. Layout: `rows` collection, key → position (8 bytes) and JSON, a bare
 * position where a deletion is remembered; `index` collection, index, values, key → key; `meta` checkpoints and documents.
 */
export class EmbeddedReadStore extends ReadStore {
  private readonly env: RootDatabase<Buffer, string>;
  private readonly rows: Database<Buffer, Buffer>;
  private readonly index: Database<string, Buffer>;
  private readonly meta: Database<string, string>;
  private readonly readerCheck: NodeJS.Timeout;

  /** Opens or creates the environment in `folder`; throws where it cannot be written. `mapSizeBytes` is address space, not disk. */
  constructor(folder: string, options: { readonly mapSizeBytes?: number } = {}) {
    super();
    mkdirSync(folder, { recursive: true });
    this.env = open({
      path: folder,
      // Both defaults lost acknowledged writes in a power-cut simulation.
      overlappingSync: false,
      eventTurnBatching: false,
      mapSize: options.mapSizeBytes ?? 64 * 2 ** 30,
      maxDbs: 8,
      cache: false,
    });
    this.rows = this.env.openDB({ name: 'rows', encoding: 'binary', keyEncoding: 'binary' });
    this.index = this.env.openDB({ name: 'index', encoding: 'string', keyEncoding: 'binary' });
    this.meta = this.env.openDB({ name: 'meta', encoding: 'string' });
    // A reader killed in another process would pin its snapshot and let the file grow.
    this.readerCheck = setInterval(() => this.env.readerCheck(), 30_000).unref();
  }

  async prepare(): Promise<void> {
    // an index is a part of the one that all share
  }

  async get<Row extends object>(collection: CollectionSpec, key: string): Promise<StoredRow<Row> | null> {
    return this.read<Row>(prefixOf(collection), key);
  }

  async getMany<Row extends object>(
    collection: CollectionSpec,
    keys: readonly string[],
  ): Promise<readonly (StoredRow<Row> | null)[]> {
    const prefix = prefixOf(collection);
    return keys.map((key) => this.read<Row>(prefix, key));
  }

  async list<Row extends object>(collection: CollectionSpec, options: ListOptions = {}): Promise<Page<Row>> {
    const { index, equals = [], direction = 'forwards', limit = 100 } = options;
    const fields = fieldsOf(collection, index);
    const prefix = prefixOf(collection);
    const base = index === undefined ? prefix : indexPrefixOf(collection, index);
    const lower = Buffer.concat([base, encodeIndexValues(equals)]);
    const upper = afterPrefix(lower)!;
    let place: Buffer | null = null;
    if (options.after !== undefined) {
      const cursor = decodeCursor(options.after, collection, index);
      place = Buffer.concat([base, encodeIndexValues(cursor.values), encodeRowKey(cursor.key)]);
    }
    const range =
      direction === 'forwards'
        ? { start: place ?? lower, end: upper, exclusiveStart: place !== null }
        : { start: place ?? upper, end: lower, exclusiveStart: true, inclusiveEnd: true, reverse: true };
    const rows: StoredRow<Row>[] = [];
    let more = false;
    // The loop never awaits, so that index and rows come from one snapshot.
    const database: Database<unknown, Buffer> = index === undefined ? this.rows : this.index;
    for (const { key, value } of database.getRange({ ...range, snapshot: false })) {
      const row =
        index === undefined
          ? decode<Row>(key.subarray(prefix.length).toString('utf8'), value as Buffer)
          : this.read<Row>(prefix, value as string);
      if (row === null) continue;
      if (rows.length === limit) {
        more = true;
        break;
      }
      rows.push(row);
    }
    const last = rows.at(-1);
    if (!more || last === undefined) return { rows };
    const values = index === undefined ? [] : valuesOf(collection, index, fields, last.row);
    return { rows, next: encodeCursor({ index: index ?? null, values, key: last.key }) };
  }

  async commit(batch: Parameters<ReadStore['commit']>[0]): Promise<{ checkpointVersion: bigint | null }> {
    // All that can be wrong with a write is found before the transaction begins.
    const prepared = batch.writes.map(prepare);
    const { checkpoint } = batch;
    let version: bigint | null = null;
    const moved = await this.transaction(() => {
      if (checkpoint !== undefined) {
        const actual = this.readCheckpoint(checkpoint.name)?.version ?? null;
        if (actual !== checkpoint.expected) return 'abort';
      }
      for (const write of prepared) this.write(write, checkpoint?.position ?? null);
      if (checkpoint !== undefined) {
        version = this.nextVersion();
        this.meta.putSync(
          `c/${checkpoint.name}`,
          JSON.stringify([checkpoint.position.toString(), version.toString()]),
        );
      }
      return 'commit';
    });
    if (moved === 'abort') throw new CheckpointMoved(checkpoint!.name);
    return { checkpointVersion: version };
  }

  async checkpoint(name: string): Promise<Checkpoint | null> {
    return this.readCheckpoint(name);
  }

  async getDocument(key: string): Promise<{ value: unknown; version: bigint } | null> {
    const text = this.meta.get(`d/${key}`);
    return text === undefined ? null : decodeDocument(text);
  }

  async putDocument(
    key: string,
    value: unknown,
    expected: bigint | null,
  ): Promise<{ version: bigint } | 'conflict'> {
    const json = documentText(key, value);
    let version = 0n;
    const outcome = await this.transaction(() => {
      const text = this.meta.get(`d/${key}`);
      const actual = text === undefined ? null : decodeDocument(text).version;
      if (actual !== expected) return 'abort';
      version = this.nextVersion();
      this.meta.putSync(`d/${key}`, `${version} ${json}`);
      return 'commit';
    });
    return outcome === 'abort' ? 'conflict' : { version };
  }

  async deleteDocument(key: string): Promise<void> {
    await this.transaction(() => {
      this.meta.removeSync(`d/${key}`);
      return 'commit';
    });
  }

  async listDocuments(prefix: string): Promise<readonly { key: string; value: unknown }[]> {
    const found: { key: string; value: unknown }[] = [];
    const start = `d/${prefix}`;
    for (const { key, value } of this.meta.getRange({ start, snapshot: false })) {
      if (!key.startsWith(start)) break;
      found.push({ key: key.slice(2), value: decodeDocument(value).value });
    }
    return found;
  }

  async drop(collection: CollectionSpec): Promise<void> {
    const prefix = prefixOf(collection);
    const end = afterPrefix(prefix)!;
    for (const database of [this.rows, this.index] as Database<unknown, Buffer>[]) {
      for (;;) {
        const keys = [...database.getKeys({ start: prefix, end, limit: dropChunk })].map((key) =>
          Buffer.from(key),
        );
        if (keys.length === 0) break;
        await this.transaction(() => {
          for (const key of keys) database.removeSync(key);
          return 'commit';
        });
      }
    }
  }

  /** Copies the live store into `folder`, compacted: as it was at one moment. Whoever wants it durable flushes it. */
  async backup(folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    await this.env.backup(folder, true);
  }

  async close(): Promise<void> {
    clearInterval(this.readerCheck);
    await this.env.close();
  }

  /**
   * One durable transaction; what `work` wrote is undone where it answers 'abort' or throws. Commits off the event loop. Rejects
   * with `StoreUnavailable` where the disk is full or failing; nothing was written then.
   */
  private async transaction(work: () => 'commit' | 'abort'): Promise<'commit' | 'abort'> {
    try {
      const outcome: unknown = await this.env.childTransaction(() => (work() === 'abort' ? ABORT : 'commit'));
      return outcome === 'commit' ? 'commit' : 'abort';
    } catch (error) {
      // The engine rejects a second promise beside the first; awaiting it keeps it from being an unhandled rejection.
      const commitError = (error as { commitError?: Promise<unknown> }).commitError;
      if (commitError !== undefined) await commitError.catch(() => undefined);
      throw new StoreUnavailable(`the read store cannot write: ${String(error)}`, { cause: error });
    }
  }

  private write(write: Prepared, checkpoint: bigint | null): void {
    const old = this.rows.getBinaryFast(write.key);
    if (old !== undefined && write.position <= old.readBigUInt64BE(0)) return;
    const indexes = Object.entries(write.collection.indexes);
    if (indexes.length > 0) {
      const before = old === undefined ? null : (decode(write.rowKey, old)?.row ?? null);
      for (const [i, [index, fields]] of indexes.entries()) {
        const was = before === null ? null : valuesOf(write.collection, index, fields, before);
        const is = write.values?.[i] ?? null;
        if (was !== null && is !== null && was.every((value, field) => value === is[field])) continue;
        if (was !== null) this.index.removeSync(entryOf(write.collection, index, was, write.rowKey));
        if (is !== null) this.index.putSync(entryOf(write.collection, index, is, write.rowKey), write.rowKey);
      }
    }
    if (write.record !== null) this.rows.putSync(write.key, write.record);
    else if (checkpoint !== null && checkpoint >= write.position) this.rows.removeSync(write.key);
    else this.rows.putSync(write.key, encodePosition(write.position));
  }

  private read<Row extends object>(prefix: Buffer, key: string): StoredRow<Row> | null {
    const bytes = this.rows.getBinaryFast(Buffer.concat([prefix, encodeRowKey(key)]));
    return bytes === undefined ? null : decode<Row>(key, bytes);
  }

  private readCheckpoint(name: string): Checkpoint | null {
    const text = this.meta.get(`c/${name}`);
    if (text === undefined) return null;
    const [position, version] = JSON.parse(text) as [string, string];
    return { position: BigInt(position), version: BigInt(version) };
  }

  /** Within a transaction. Versions never repeat, also not after a deletion. */
  private nextVersion(): bigint {
    const version = BigInt(this.meta.get('versions') ?? '0') + 1n;
    this.meta.putSync('versions', version.toString());
    return version;
  }
}

const prefixes = new WeakMap<CollectionSpec, Buffer>();

function prefixOf(collection: CollectionSpec): Buffer {
  let prefix = prefixes.get(collection);
  if (prefix === undefined) {
    prefix = Buffer.from(`${collection.name}@${collection.version}\0`);
    prefixes.set(collection, prefix);
  }
  return prefix;
}

function indexPrefixOf(collection: CollectionSpec, index: string): Buffer {
  return Buffer.concat([prefixOf(collection), Buffer.from(`${index}\0`)]);
}

function entryOf(
  collection: CollectionSpec,
  index: string,
  values: readonly IndexValue[],
  key: string,
): Buffer {
  return Buffer.concat([indexPrefixOf(collection, index), encodeIndexValues(values), encodeRowKey(key)]);
}

function prepare(write: RowWrite): Prepared {
  const { collection, key, position } = write;
  const form = storedForm(write);
  return {
    key: Buffer.concat([prefixOf(collection), form.key]),
    position,
    record: form.text === null ? null : encodeRecord(position, form.text),
    rowKey: key,
    collection,
    values: form.values,
  };
}

function encodeRecord(position: bigint, json: string): Buffer {
  const record = Buffer.allocUnsafe(positionBytes + Buffer.byteLength(json));
  record.writeBigUInt64BE(position);
  record.write(json, positionBytes);
  return record;
}

function encodePosition(position: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(positionBytes);
  bytes.writeBigUInt64BE(position);
  return bytes;
}

function decode<Row extends object>(key: string, record: Buffer): StoredRow<Row> | null {
  if (record.length === positionBytes) return null;
  return {
    key,
    position: record.readBigUInt64BE(0),
    row: JSON.parse(record.toString('utf8', positionBytes, record.length)) as Row,
  };
}

function decodeDocument(text: string): { value: unknown; version: bigint } {
  const space = text.indexOf(' ');
  return { version: BigInt(text.slice(0, space)), value: JSON.parse(text.slice(space + 1)) as unknown };
}
