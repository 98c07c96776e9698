import { decodeCursor, encodeCursor, fieldsOf, valuesOf } from '../../port/cursor.js';
import { encodeIndexValues, encodeRowKey } from '../../port/index-key.js';
import { documentText, storedForm } from '../../port/stored-form.js';
import {
  CheckpointMoved,
  ReadStore,
  type Checkpoint,
  type CollectionSpec,
  type ListOptions,
  type Page,
  type StoredRow,
} from '../../port/read-store.js';

/** A row as JSON text, so that no caller can reach into the store; null text is a deletion whose position still matters. */
interface Cell {
  readonly position: bigint;
  readonly text: string | null;
}

const idOf = (collection: CollectionSpec): string => `${collection.name}@${collection.version}`;

/** The read store in memory: for tests and for trying things out. Listing costs O(n log n). */
export class MemoryReadStore extends ReadStore {
  private readonly collections = new Map<string, Map<string, Cell>>();
  private readonly checkpoints = new Map<string, { position: bigint; version: bigint }>();
  private readonly documents = new Map<string, { text: string; version: bigint }>();
  /** Versions never repeat, also not after a deletion. */
  private versions = 0n;

  async prepare(): Promise<void> {
    // nothing to create
  }

  async get<Row extends object>(collection: CollectionSpec, key: string): Promise<StoredRow<Row> | null> {
    const cell = this.collections.get(idOf(collection))?.get(key);
    return cell === undefined ? null : stored<Row>(key, cell);
  }

  async getMany<Row extends object>(
    collection: CollectionSpec,
    keys: readonly string[],
  ): Promise<readonly (StoredRow<Row> | null)[]> {
    return Promise.all(keys.map((key) => this.get<Row>(collection, key)));
  }

  async list<Row extends object>(collection: CollectionSpec, options: ListOptions = {}): Promise<Page<Row>> {
    const { index, equals = [], direction = 'forwards', limit = 100 } = options;
    const fields = fieldsOf(collection, index);
    const prefix = encodeIndexValues(equals);
    const entries = [...(this.collections.get(idOf(collection)) ?? [])].flatMap(([key, cell]) => {
      const row = stored<Row>(key, cell);
      if (row === null) return [];
      const values = index === undefined ? [] : valuesOf(collection, index, fields, row.row);
      const encoded = encodeIndexValues(values);
      if (!encoded.subarray(0, prefix.length).equals(prefix)) return [];
      return [{ row, values, order: Buffer.concat([encoded, encodeRowKey(key)]) }];
    });
    const sign = direction === 'forwards' ? 1 : -1;
    entries.sort((a, b) => sign * Buffer.compare(a.order, b.order));
    let rest = entries;
    if (options.after !== undefined) {
      const place = decodeCursor(options.after, collection, index);
      const from = Buffer.concat([encodeIndexValues(place.values), encodeRowKey(place.key)]);
      rest = entries.filter((entry) => sign * Buffer.compare(entry.order, from) > 0);
    }
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    return {
      rows: page.map((entry) => entry.row),
      ...(rest.length > limit &&
        last !== undefined && {
          next: encodeCursor({ index: index ?? null, values: last.values, key: last.row.key }),
        }),
    };
  }

  async commit(batch: Parameters<ReadStore['commit']>[0]): Promise<{ checkpointVersion: bigint | null }> {
    const cells = batch.writes.map((write) => ({ write, text: storedForm(write).text }));
    const { checkpoint } = batch;
    if (checkpoint !== undefined) {
      const actual = this.checkpoints.get(checkpoint.name)?.version ?? null;
      if (actual !== checkpoint.expected) throw new CheckpointMoved(checkpoint.name);
    }
    for (const { write, text } of cells) {
      const id = idOf(write.collection);
      let rows = this.collections.get(id);
      if (rows === undefined) this.collections.set(id, (rows = new Map<string, Cell>()));
      const before = rows.get(write.key);
      if (before !== undefined && write.position <= before.position) continue;
      if (text === null && checkpoint !== undefined && checkpoint.position >= write.position)
        rows.delete(write.key);
      else rows.set(write.key, { position: write.position, text });
    }
    if (checkpoint === undefined) return { checkpointVersion: null };
    const version = ++this.versions;
    this.checkpoints.set(checkpoint.name, { position: checkpoint.position, version });
    return { checkpointVersion: version };
  }

  async checkpoint(name: string): Promise<Checkpoint | null> {
    return this.checkpoints.get(name) ?? null;
  }

  async getDocument(key: string): Promise<{ value: unknown; version: bigint } | null> {
    const document = this.documents.get(key);
    return document === undefined
      ? null
      : { value: JSON.parse(document.text) as unknown, version: document.version };
  }

  async putDocument(
    key: string,
    value: unknown,
    expected: bigint | null,
  ): Promise<{ version: bigint } | 'conflict'> {
    const text = documentText(key, value);
    if ((this.documents.get(key)?.version ?? null) !== expected) return 'conflict';
    const version = ++this.versions;
    this.documents.set(key, { text, version });
    return { version };
  }

  async deleteDocument(key: string): Promise<void> {
    this.documents.delete(key);
  }

  async listDocuments(prefix: string): Promise<readonly { key: string; value: unknown }[]> {
    return [...this.documents]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, { text }]) => ({ key, value: JSON.parse(text) as unknown }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  async drop(collection: CollectionSpec): Promise<void> {
    this.collections.delete(idOf(collection));
  }

  async close(): Promise<void> {
    // nothing is held
  }
}

function stored<Row extends object>(key: string, cell: Cell): StoredRow<Row> | null {
  return cell.text === null ? null : { key, position: cell.position, row: JSON.parse(cell.text) as Row };
}
