import { randomBytes } from 'node:crypto';
import {
  type Binary,
  MongoServerError,
  type AnyBulkWriteOperation,
  type ClientSession,
  type Collection,
  type Db,
  type Filter,
  type MongoClient,
} from 'mongodb';
import { StoreUnavailable } from '#libs/event-store';
import { decodeCursor, encodeCursor, fieldsOf, valuesOf } from '../../port/cursor.js';
import {
  CheckpointMoved,
  ReadStore,
  type Checkpoint,
  type CollectionSpec,
  type ListOptions,
  type Page,
  type StoredRow,
} from '../../port/read-store.js';
import { documentText } from '../../port/stored-form.js';
import { checkServer, clientOf, defaultCallMs, type MongodbOptions } from './connect.js';
import { isDuplicate, portError } from './failures.js';
import { documentOf, placeOf, placePrefix, rowOf, type RowDocument } from './row-document.js';

interface CheckpointDocument {
  readonly _id: string;
  readonly position: bigint;
  readonly version: bigint;
  /** The session whose transaction wrote it. */
  readonly writer: Binary;
}

interface StoredDocument {
  readonly _id: string;
  /** JSON text, as in a row. */
  readonly value: string;
  readonly version: bigint;
}

const commandNotFound = 59;
const writeConflict = 112;
const attempts = 20;
/** Milliseconds for which a checkpoint that another transaction holds is waited for. */
const patienceMs = 1_000;
const indexBuildMs = 600_000;
/** A find with so many keys of 1,000 bytes still fits a message. */
const keysPerFind = 10_000;

/**
 * The read store in MongoDB (a replica set or a sharded cluster, 4.4 or later). A batch is one transaction with majority write
 * concern, checkpoint first, so that who has lost ownership writes no row. One collection for each version of a read model,
 * with one index for each declared one. Every call has a deadline; what it rejects with then, `StoreUnavailable`, leaves open
 * whether a write was stored.
 */
export class MongodbReadStore extends ReadStore {
  private readonly client: MongoClient;
  private readonly db: Db;
  private readonly where: string;
  private readonly callMs: number;
  /** Sessions that are not in use, by the checkpoint that they write. */
  private readonly idle = new Map<string, ClientSession>();

  private constructor(url: string, options: MongodbOptions) {
    super();
    ({ client: this.client, db: this.db, where: this.where } = clientOf(url, options));
    this.callMs = options.callMs ?? defaultCallMs;
  }

  /**
   * Connects to `mongodb://…` or `mongodb+srv://…`; the database is the URL's, else `cios`. Rejects with `StoreUnavailable`,
   * also where the server is too old, alone, or refuses the login.
   */
  static async open(url: string, options: MongodbOptions = {}): Promise<MongodbReadStore> {
    const store = new MongodbReadStore(url, options);
    try {
      await store.answering(() => checkServer(store.db, store.where));
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  async prepare(collections: readonly CollectionSpec[]): Promise<void> {
    await this.answering(async () => {
      for (const collection of collections)
        for (const index of Object.keys(collection.indexes))
          await this.rows(collection).createIndex({ [`order.${index}`]: 1 }, { name: index }, {});
    }, indexBuildMs);
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
      const found = await this.find(collection, keys);
      const byKey = new Map(found.map((document) => [document._id, rowOf<Row>(document)]));
      return keys.map((key) => byKey.get(key) ?? null);
    });
  }

  async list<Row extends object>(collection: CollectionSpec, options: ListOptions = {}): Promise<Page<Row>> {
    const { index, equals = [], direction = 'forwards', limit = 100 } = options;
    const fields = fieldsOf(collection, index);
    const field = index === undefined ? '_id' : `order.${index}`;
    const range: Record<string, string> = {};
    const prefix = placePrefix(equals);
    if (prefix !== '') {
      range['$gte'] = prefix;
      // after every string that goes on with hex digits
      range['$lt'] = `${prefix}g`;
    }
    if (options.after !== undefined) {
      const { values, key } = decodeCursor(options.after, collection, index);
      const place = index === undefined ? key : placeOf(values, key);
      if (direction === 'forwards') {
        delete range['$gte'];
        range['$gt'] = place;
      } else range['$lt'] = place;
    }
    return this.answering(async () => {
      const present: Filter<RowDocument> = { row: { $exists: true } };
      const filter = Object.keys(range).length === 0 ? present : { ...present, [field]: range };
      const found = await this.rows(collection)
        .find(filter, { batchSize: limit + 1 })
        .sort({ [field]: direction === 'forwards' ? 1 : -1 })
        .limit(limit + 1)
        .toArray();
      const page = found.slice(0, limit).flatMap((document) => rowOf<Row>(document) ?? []);
      const last = page.at(-1);
      if (found.length <= limit || last === undefined) return { rows: page };
      const values = index === undefined ? [] : valuesOf(collection, index, fields, last.row);
      return { rows: page, next: encodeCursor({ index: index ?? null, values, key: last.key }) };
    });
  }

  async commit(batch: Parameters<ReadStore['commit']>[0]): Promise<{ checkpointVersion: bigint | null }> {
    const byCollection = new Map<string, { collection: CollectionSpec; documents: RowDocument[] }>();
    for (const write of batch.writes) {
      const name = nameOf(write.collection);
      let group = byCollection.get(name);
      if (group === undefined)
        byCollection.set(name, (group = { collection: write.collection, documents: [] }));
      group.documents.push(documentOf(write));
    }
    const { checkpoint } = batch;
    const version = checkpoint === undefined ? null : newVersion();
    const deadlineMs = 3 * this.callMs;
    const deadline = performance.now() + deadlineMs;
    await this.answering(
      () =>
        this.transaction(checkpoint?.name ?? null, deadline, async (session) => {
          if (checkpoint !== undefined && (await this.advance(checkpoint, version!, session)) === 'stored')
            return;
          for (const { collection, documents } of byCollection.values())
            await this.write(collection, documents, checkpoint?.position ?? null, session);
        }),
      deadlineMs,
    );
    return { checkpointVersion: version };
  }

  async checkpoint(name: string): Promise<Checkpoint | null> {
    return this.answering(async () => {
      const found = await this.checkpoints.findOne({ _id: name });
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
    const document: StoredDocument = { _id: key, value: documentText(key, value), version: newVersion() };
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
      try {
        await this.rows(collection).drop();
      } catch (error) {
        // Not every server that speaks the protocol can drop; an empty collection is as good.
        if (!(error instanceof MongoServerError && error.code === commandNotFound)) throw error;
        await this.rows(collection).deleteMany({});
      }
    });
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private get documents(): Collection<StoredDocument> {
    return this.db.collection<StoredDocument>('documents');
  }

  private get checkpoints(): Collection<CheckpointDocument> {
    return this.db.collection<CheckpointDocument>('checkpoints');
  }

  private rows(collection: CollectionSpec): Collection<RowDocument> {
    return this.db.collection<RowDocument>(nameOf(collection));
  }

  private async find(
    collection: CollectionSpec,
    keys: readonly string[],
    options: { readonly session?: ClientSession; readonly projection?: object } = {},
  ): Promise<RowDocument[]> {
    const found: RowDocument[] = [];
    for (let from = 0; from < keys.length; from += keysPerFind) {
      const some = keys.slice(from, from + keysPerFind);
      const cursor = this.rows(collection).find(
        { _id: { $in: some } },
        { ...options, batchSize: some.length + 1 },
      );
      for await (const document of cursor) found.push(document);
    }
    return found;
  }

  /** `stored`: a former attempt of this same advance was committed after all, though its answer was lost. */
  private async advance(
    checkpoint: { readonly name: string; readonly position: bigint; readonly expected: bigint | null },
    version: bigint,
    session: ClientSession,
  ): Promise<'advanced' | 'stored'> {
    const { name, position, expected } = checkpoint;
    // Looked at first: a duplicate key inside a transaction would end it.
    const found = await this.checkpoints.findOne({ _id: name }, { session });
    if (found?.version === version) return 'stored';
    if ((found?.version ?? null) !== expected) throw new CheckpointMoved(name);
    const document = { _id: name, position, version, writer: session.id!.id };
    if (expected === null) {
      await this.checkpoints.insertOne(document, { session });
      return 'advanced';
    }
    const { matchedCount } = await this.checkpoints.replaceOne({ _id: name, version: expected }, document, {
      session,
    });
    if (matchedCount === 0) throw new CheckpointMoved(name);
    return 'advanced';
  }

  private async write(
    collection: CollectionSpec,
    documents: readonly RowDocument[],
    checkpoint: bigint | null,
    session: ClientSession,
  ): Promise<void> {
    const found = await this.find(
      collection,
      documents.map(({ _id }) => _id),
      { session, projection: { _id: 1, position: 1 } },
    );
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
    if (operations.length > 0) await this.rows(collection).bulkWrite(operations, { session, ordered: true });
  }

  /**
   * Tried again whole where another transaction was in the way; a duplicate key means the same, and has ended it. Begins no
   * attempt after `deadline`.
   */
  private async transaction(
    checkpoint: string | null,
    deadline: number,
    work: (session: ClientSession) => Promise<void>,
  ): Promise<void> {
    const began = performance.now();
    const session = this.sessionOf(checkpoint);
    const attempt = async (): Promise<void> => {
      if (performance.now() >= deadline) throw this.late();
      try {
        await work(session);
      } catch (error) {
        const held = error instanceof MongoServerError && error.code === writeConflict;
        if (held && checkpoint !== null && performance.now() - began >= patienceMs)
          await this.endWriter(checkpoint, session);
        throw error;
      }
    };
    try {
      for (let times = 1; ; times++)
        try {
          await session.withTransaction(attempt, {
            readConcern: { level: 'snapshot' },
            writeConcern: { w: 'majority' },
          });
          return;
        } catch (error) {
          if (!isDuplicate(error) || times === attempts) throw error;
        }
    } finally {
      await this.giveBack(checkpoint, session);
    }
  }

  /** A checkpoint is written by one session, as long as this store is open, so that others know whom to end. */
  private sessionOf(checkpoint: string | null): ClientSession {
    const kept = checkpoint === null ? undefined : this.idle.get(checkpoint);
    if (checkpoint === null || kept === undefined) return this.client.startSession();
    this.idle.delete(checkpoint);
    return kept;
  }

  private async giveBack(checkpoint: string | null, session: ClientSession): Promise<void> {
    if (checkpoint === null || this.idle.has(checkpoint)) await session.endSession();
    else this.idle.set(checkpoint, session);
  }

  /**
   * Ends the transaction of a former owner that died inside one: the server would keep what it holds for
   * `transactionLifetimeLimitSeconds`, by default a minute. An owner that lives tries again, and finds the checkpoint moved.
   */
  private async endWriter(checkpoint: string, own: ClientSession): Promise<void> {
    try {
      const found = await this.checkpoints.findOne({ _id: checkpoint });
      if (found === null || found.writer.toString('hex') === own.id!.id.toString('hex')) return;
      await this.db.admin().command({ killSessions: [{ id: found.writer }] });
    } catch {
      // A server that does not let us ends it by itself, later.
    }
  }

  /** The driver has no deadline for a call as a whole; what it still does after ours finds nobody who waits. */
  private async answering<T>(work: () => Promise<T>, deadlineMs = this.callMs): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(this.late());
      }, deadlineMs);
    });
    try {
      return await Promise.race([work(), deadline]);
    } catch (error) {
      throw portError(error, this.where);
    } finally {
      clearTimeout(timer);
    }
  }

  private late(): StoreUnavailable {
    return new StoreUnavailable(`the read store at ${this.where} has not answered in time`);
  }
}

const nameOf = (collection: CollectionSpec): string => `rows.${collection.name}@${collection.version}`;

/** 62 random bits: never the same again, also not after a deletion. */
function newVersion(): bigint {
  return randomBytes(8).readBigUInt64BE() >> 2n;
}
