/** A stored row of a read model with the position of the last event that it reflects. */
export interface StoredRow<Row extends object = object> {
  readonly key: string;
  readonly position: bigint;
  readonly row: Row;
}

/** How a read model is stored: its name and version, and the indexes by which it can be listed. */
export interface CollectionSpec {
  readonly name: string;
  readonly version: number;
  /** Index name → fields of the row, in order of significance. Every listing ends in the key, so that pages are stable. */
  readonly indexes: Readonly<Record<string, readonly string[]>>;
}

export interface RowWrite {
  readonly collection: CollectionSpec;
  readonly key: string;
  readonly position: bigint;
  /** Null deletes (the position is remembered as long as the batch's checkpoint is below it). */
  readonly row: object | null;
}

export interface ListOptions {
  /** An index of the collection; without it by key. */
  readonly index?: string;
  /** Equality on the first fields of the index, in order. */
  readonly equals?: readonly (string | number | boolean | null)[];
  /** Opaque cursor of a former page. */
  readonly after?: string;
  readonly limit?: number;
  readonly direction?: 'forwards' | 'backwards';
}

export interface Page<Row extends object> {
  readonly rows: readonly StoredRow<Row>[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** A checkpoint of a reader of the log. Compare-and-set: who has lost ownership cannot advance it. */
export interface Checkpoint {
  readonly position: bigint | null;
  /** Changes with every save. */
  readonly version: bigint;
}

/**
 * The read store: get, guarded put and delete, declared ordered indexes with keyset paging, one atomic batch with its
 * checkpoint, versions side by side. Never a query language. A write at or below a row's position changes nothing. What a call
 * is given is read before it returns its promise, so that the caller may go on changing it. Rejects with the event store's
 * `StoreUnavailable` where the store cannot be reached or cannot write now.
 */
export abstract class ReadStore {
  /** Creates what listing these needs; repeated, it changes nothing. Whoever writes rows says it once, at its start. */
  abstract prepare(collections: readonly CollectionSpec[]): Promise<void>;
  abstract get<Row extends object>(collection: CollectionSpec, key: string): Promise<StoredRow<Row> | null>;
  abstract getMany<Row extends object>(
    collection: CollectionSpec,
    keys: readonly string[],
  ): Promise<readonly (StoredRow<Row> | null)[]>;
  abstract list<Row extends object>(collection: CollectionSpec, options?: ListOptions): Promise<Page<Row>>;
  /**
   * All writes and the checkpoint, or none. Rejects with `CheckpointMoved` where `expected` is not the stored version, and with
   * `RowRefused` for a key of over 1,000 bytes, a row of over 15 MiB as JSON and an indexed field that is no scalar.
   */
  abstract commit(batch: {
    readonly writes: readonly RowWrite[];
    readonly checkpoint?: {
      readonly name: string;
      readonly position: bigint;
      readonly expected: bigint | null;
    };
  }): Promise<{ readonly checkpointVersion: bigint | null }>;
  abstract checkpoint(name: string): Promise<Checkpoint | null>;
  /**
   * Small documents with compare-and-set (leases, parked events): `expected` null means absent. Rejects with a RangeError over
   * 15 MiB.
   */
  abstract getDocument(key: string): Promise<{ readonly value: unknown; readonly version: bigint } | null>;
  abstract putDocument(
    key: string,
    value: unknown,
    expected: bigint | null,
  ): Promise<{ readonly version: bigint } | 'conflict'>;
  abstract deleteDocument(key: string): Promise<void>;
  abstract listDocuments(
    prefix: string,
  ): Promise<readonly { readonly key: string; readonly value: unknown }[]>;
  /** Drops a collection version and what belongs to it. */
  abstract drop(collection: CollectionSpec): Promise<void>;
  abstract close(): Promise<void>;
}

export class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved';
}

/** A row that no read store takes. Nothing of its batch was written; without it the rest can be. */
export class RowRefused extends Error {
  override readonly name = 'RowRefused';
  constructor(
    readonly write: RowWrite,
    cause: unknown,
  ) {
    const { collection, key } = write;
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${collection.name}@${collection.version} cannot store row ${key.slice(0, 100)}: ${reason}`, {
      cause,
    });
  }
}
