import { randomBytes } from 'node:crypto';
import {
  MongoClient,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  type AnyBulkWriteOperation,
  type ClientSession,
  type Collection,
  type Db,
  type Filter,
} from 'mongodb';
import { StoreUnavailable } from '#libs/event-store';
import { decodeCursor, encodeCursor, fieldsOf, valuesOf } from '../../port/cursor.js';
import { encodeIndexValues, encodeRowKey } from '../../port/index-key.js';
import {
  CheckpointMoved,
  ReadStore,
  type Checkpoint,
  type CollectionSpec,
  type ListOptions,
  type Page,
  type StoredRow,
} from '../../port/read-store.js';

/** A row; without `row` a deletion whose position still matters. */
interface RowDocument {
  readonly _id: string;
  readonly position: bigint;
  readonly row?: object;
  /** By index: values and key as hex digits, whose order is the order of the listing on every adapter. */
  readonly order: Readonly<Record<string, string>>;
}

interface CheckpointDocument {
  readonly _id: string;
  readonly position: bigint;
  readonly version: bigint;
}

interface StoredDocument {
  readonly _id: string;
  /** JSON text: documents may hold keys that the database would read as paths. */
  readonly value: string;
  readonly version: bigint;
}

export interface MongodbOptions {
  /** Milliseconds until a call fails for want of a server; default 5,000. */
  readonly serverSelectionMs?: number;
}

/** Duplicate key: somebody else inserted the same id meanwhile. */
const duplicateKey = 11_000;
const commandNotFound = 59;
const attempts = 20;

/**
 * The read store in MongoDB (a replica set, 4.4 or later: transactions that create what they write to are needed). A batch is one transaction with majority write concern,
 * checkpoint first, so that who has lost ownership writes no row. One collection for each version of a read model, with one
 * index for each declared one.
 */
export class MongodbReadStore extends ReadStore {
  private readonly ready = new Map<string, Promise<Collection<RowDocument>>>();

  private constructor(
    private readonly client: MongoClient,
    private readonly db: Db,
  ) {
    super();
  }

  /** Connects to `mongodb://…` or `mongodb+srv://…`; the database is the URL's, else `cios`. Rejects with `StoreUnavailable`. */
  static async open(url: string, options: MongodbOptions = {}): Promise<MongodbReadStore> {
    const client = new MongoClient(url, {
      retryWrites: true,
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
      ignoreUndefined: true,
      // Positions are 64 bits; numbers in rows are never stored as such.
      useBigInt64: true,
      maxPoolSize: 20,
      serverSelectionTimeoutMS: options.serverSelectionMs ?? 5_000,
      appName: 'cios',
    });
    const named = client.db();
    const store = new MongodbReadStore(client, named.databaseName === 'test' ? client.db('cios') : named);
    try {
      await store.answering(() => client.connect());
    } catch (error) {
      await client.close();
      throw error;
    }
    return store;
  }

  async get<Row extends object>(collection: CollectionSpec, key: string): Promise<StoredRow<Row> | null> {
    const [row = null] = await this.getMany<Row>(collection, [key]);
    return row;
  }

  async getMany<Row extends object>(
    collection: CollectionSpec,
    keys: readonly string[],
  ): Promise<readonly (StoredRow<Row> | null)[]> {
    return this.answering(async () => {
      const rows = await this.rows(collection);
      const found = await rows.find({ _id: { $in: [...keys] } }).toArray();
      const byKey = new Map(found.map((document) => [document._id, stored<Row>(document)]));
      return keys.map((key) => byKey.get(key) ?? null);
    });
  }

  async list<Row extends object>(collection: CollectionSpec, options: ListOptions = {}): Promise<Page<Row>> {
    const { index, equals = [], direction = 'forwards', limit = 100 } = options;
    const fields = fieldsOf(collection, index);
    const field = index === undefined ? '_id' : `order.${index}`;
    const range: Record<string, string> = {};
    const prefix = hex(encodeIndexValues(equals));
    if (prefix !== '') {
      range['$gte'] = prefix;
      // after every string that goes on with hex digits
      range['$lt'] = `${prefix}g`;
    }
    if (options.after !== undefined) {
      const { values, key } = decodeCursor(options.after, collection, index);
      const place = index === undefined ? key : orderOf(values, key);
      if (direction === 'forwards') {
        delete range['$gte'];
        range['$gt'] = place;
      } else range['$lt'] = place;
    }
    return this.answering(async () => {
      const rows = await this.rows(collection);
      const present: Filter<RowDocument> = { row: { $exists: true } };
      const filter = Object.keys(range).length === 0 ? present : { ...present, [field]: range };
      const found = await rows
        .find(filter)
        .sort({ [field]: direction === 'forwards' ? 1 : -1 })
        .limit(limit + 1)
        .toArray();
      const page = found.slice(0, limit).flatMap((document) => stored<Row>(document) ?? []);
      const last = page.at(-1);
      if (found.length <= limit || last === undefined) return { rows: page };
      const values = index === undefined ? [] : valuesOf(collection, index, fields, last.row);
      return { rows: page, next: encodeCursor({ index: index ?? null, values, key: last.key }) };
    });
  }

  async commit(batch: Parameters<ReadStore['commit']>[0]): Promise<{ checkpointVersion: bigint | null }> {
    const byCollection = new Map<string, { spec: CollectionSpec; documents: RowDocument[] }>();
    for (const { collection, key, position, row } of batch.writes) {
      encodeRowKey(key);
      const order = row === null ? {} : ordersOf(collection, key, row);
      const document: RowDocument = {
        _id: key,
        position,
        order,
        ...(row !== null && { row: JSON.parse(JSON.stringify(row)) as object }),
      };
      const name = nameOf(collection);
      const group = byCollection.get(name);
      if (group === undefined) byCollection.set(name, { spec: collection, documents: [document] });
      else group.documents.push(document);
    }
    const { checkpoint } = batch;
    const version = checkpoint === undefined ? null : newVersion();
    return this.answering(async () => {
      for (const { spec } of byCollection.values()) await this.rows(spec);
      await this.transaction(async (session) => {
        if (checkpoint !== undefined) await this.advance(checkpoint, version!, session);
        for (const { spec, documents } of byCollection.values())
          await this.write(await this.rows(spec), documents, checkpoint?.position ?? null, session);
      });
      return { checkpointVersion: version };
    });
  }

  async checkpoint(name: string): Promise<Checkpoint | null> {
    return this.answering(async () => {
      const found = await this.db.collection<CheckpointDocument>('checkpoints').findOne({ _id: name });
      return found === null ? null : { position: found.position, version: found.version };
    });
  }

  async getDocument(key: string): Promise<{ value: unknown; version: bigint } | null> {
    return this.answering(async () => {
      const found = await this.documents.findOne({ _id: key });
      return found === null ? null : { value: JSON.parse(found.value) as unknown, version: found.version };
    });
  }

  async putDocument(
    key: string,
    value: unknown,
    expected: bigint | null,
  ): Promise<{ version: bigint } | 'conflict'> {
    const document: StoredDocument = { _id: key, value: JSON.stringify(value), version: newVersion() };
    return this.answering(async () => {
      if (expected === null) {
        try {
          await this.documents.insertOne(document);
        } catch (error) {
          if (isDuplicate(error)) return 'conflict';
          throw error;
        }
        return { version: document.version };
      }
      const { matchedCount } = await this.documents.replaceOne({ _id: key, version: expected }, document);
      return matchedCount === 1 ? { version: document.version } : 'conflict';
    });
  }

  async deleteDocument(key: string): Promise<void> {
    await this.answering(() => this.documents.deleteOne({ _id: key }));
  }

  async listDocuments(prefix: string): Promise<readonly { key: string; value: unknown }[]> {
    return this.answering(async () => {
      const found = await this.documents
        .find({ _id: { $gte: prefix, $lt: `${prefix}\u{10ffff}` } })
        .sort({ _id: 1 })
        .toArray();
      return found.map(({ _id, value }) => ({ key: _id, value: JSON.parse(value) as unknown }));
    });
  }

  async drop(collection: CollectionSpec): Promise<void> {
    await this.answering(async () => {
      const name = nameOf(collection);
      this.ready.delete(name);
      try {
        await this.db.collection(name).drop();
      } catch (error) {
        // Not every server that speaks the protocol can drop; an empty collection is as good.
        if (!(error instanceof MongoServerError && error.code === commandNotFound)) throw error;
        await this.db.collection(name).deleteMany({});
      }
    });
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private get documents(): Collection<StoredDocument> {
    return this.db.collection<StoredDocument>('documents');
  }

  /** The collection with its indexes; created at the first use. */
  private rows(spec: CollectionSpec): Promise<Collection<RowDocument>> {
    const name = nameOf(spec);
    let ready = this.ready.get(name);
    if (ready === undefined) {
      ready = this.prepare(spec, this.db.collection<RowDocument>(name));
      this.ready.set(name, ready);
      ready.catch(() => this.ready.delete(name));
    }
    return ready;
  }

  private async prepare(
    spec: CollectionSpec,
    rows: Collection<RowDocument>,
  ): Promise<Collection<RowDocument>> {
    for (const index of Object.keys(spec.indexes))
      await rows.createIndex({ [`order.${index}`]: 1 }, { name: index }, {});
    return rows;
  }

  private async advance(
    checkpoint: { readonly name: string; readonly position: bigint; readonly expected: bigint | null },
    version: bigint,
    session: ClientSession,
  ): Promise<void> {
    const checkpoints = this.db.collection<CheckpointDocument>('checkpoints');
    const { name, position, expected } = checkpoint;
    const document = { _id: name, position, version };
    if (expected === null) {
      // Looked at first: a duplicate key inside a transaction would end it.
      if ((await checkpoints.findOne({ _id: name }, { session })) !== null) throw new CheckpointMoved(name);
      await checkpoints.insertOne(document, { session });
      return;
    }
    const { matchedCount } = await checkpoints.replaceOne({ _id: name, version: expected }, document, {
      session,
    });
    if (matchedCount === 0) throw new CheckpointMoved(name);
  }

  private async write(
    rows: Collection<RowDocument>,
    documents: readonly RowDocument[],
    checkpoint: bigint | null,
    session: ClientSession,
  ): Promise<void> {
    const found = await rows.find({ _id: { $in: documents.map(({ _id }) => _id) } }, { session }).toArray();
    const positions = new Map(found.map(({ _id, position }) => [_id, position]));
    const existing = new Set(positions.keys());
    const last = new Map<string, RowDocument>();
    for (const document of documents) {
      if (document.position <= (positions.get(document._id) ?? -1n)) continue;
      positions.set(document._id, document.position);
      last.set(document._id, document);
    }
    const operations = [...last.values()].flatMap((document): AnyBulkWriteOperation<RowDocument>[] => {
      const { _id, row, position } = document;
      if (row === undefined && checkpoint !== null && checkpoint >= position)
        return existing.has(_id) ? [{ deleteOne: { filter: { _id } } }] : [];
      const { _id: _, ...replacement } = document;
      return [{ replaceOne: { filter: { _id }, replacement, upsert: true } }];
    });
    if (operations.length > 0) await rows.bulkWrite(operations, { session, ordered: true });
  }

  /** Tried again whole where another transaction was in the way; a duplicate key means the same, and has ended it. */
  private async transaction(work: (session: ClientSession) => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const session = this.client.startSession();
      try {
        await session.withTransaction(() => work(session), {
          readConcern: { level: 'snapshot' },
          writeConcern: { w: 'majority' },
        });
        return;
      } catch (error) {
        if (!isDuplicate(error) || attempt === attempts) throw error;
      } finally {
        await session.endSession();
      }
    }
  }

  private async answering<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (
        error instanceof MongoServerSelectionError ||
        error instanceof MongoNetworkError ||
        error instanceof MongoNotConnectedError
      )
        throw new StoreUnavailable(`MongoDB does not answer: ${error.message}`, { cause: error });
      throw error;
    }
  }
}

const nameOf = (collection: CollectionSpec): string => `rows.${collection.name}@${collection.version}`;

const hex = (bytes: Buffer): string => bytes.toString('hex');

function orderOf(values: Parameters<typeof encodeIndexValues>[0], key: string): string {
  return hex(Buffer.concat([encodeIndexValues(values), encodeRowKey(key)]));
}

function ordersOf(collection: CollectionSpec, key: string, row: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(collection.indexes).map(([index, fields]) => [
      index,
      orderOf(valuesOf(collection, index, fields, row), key),
    ]),
  );
}

function stored<Row extends object>({ _id, position, row }: RowDocument): StoredRow<Row> | null {
  return row === undefined ? null : { key: _id, position, row: row as Row };
}

/** 62 random bits: never the same again, also not after a deletion. */
function newVersion(): bigint {
  return randomBytes(8).readBigUInt64BE() >> 2n;
}

function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === duplicateKey;
}
