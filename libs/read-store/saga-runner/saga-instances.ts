import { type Due, type RecordedEvent } from '#libs/kernel';
import { type CollectionSpec, type ReadStore, type RowWrite } from '../port/read-store.js';
import { type AnySaga } from './any-saga.js';

interface Instance {
  state: unknown;
  /** Of the last event that the state reflects. */
  position: bigint;
}

interface SnapshotRow {
  readonly snapshot: unknown;
}

/** Snapshots stored in one commit; between two, the event loop gets its turn. */
const rowsPerCommit = 20;

export const snapshotsOf = (saga: AnySaga): CollectionSpec => ({
  name: `saga/${saga.name}`,
  version: saga.version,
  indexes: {},
});

/**
 * The states of a saga's instances, in memory. A snapshot bears the position of the last event it reflects, so it may be
 * ahead of the checkpoint: an event at or below it changes nothing when the log is read again.
 */
export class SagaInstances {
  private readonly instances = new Map<string, Instance>();
  /** Changed since the last save. */
  private dirty = new Set<string>();
  /** Over since the last save, and where the log stood then. */
  private gone = new Map<string, bigint>();

  private constructor(
    private readonly saga: AnySaga,
    private readonly store: ReadStore,
    private readonly checkpoint: string,
    private at: bigint | null,
    private version: bigint | null,
    private readonly owns: (partition: string) => boolean,
  ) {}

  static async load(
    saga: AnySaga,
    store: ReadStore,
    checkpoint: string,
    owns: (partition: string) => boolean,
  ): Promise<SagaInstances> {
    const stored = await store.checkpoint(checkpoint);
    const { position = null, version = null } = stored ?? {};
    const instances = new SagaInstances(saga, store, checkpoint, position, version, owns);
    let after: string | undefined;
    do {
      const page = await store.list<SnapshotRow>(snapshotsOf(saga), after === undefined ? {} : { after });
      for (const { key, position, row } of page.rows)
        if (owns(key)) instances.instances.set(key, { state: saga.restore(row.snapshot), position });
      after = page.next;
    } while (after !== undefined);
    return instances;
  }

  get position(): bigint | null {
    return this.at;
  }

  get size(): number {
    return this.instances.size;
  }

  get partitions(): Iterable<string> {
    return this.instances.keys();
  }

  /** The instances here that an event concerns. */
  concerned(event: RecordedEvent): ReadonlySet<string> {
    const partitions = new Set<string>();
    for (const partition of this.saga.partitions(event))
      if (partition === '*') for (const existing of this.instances.keys()) partitions.add(existing);
      else if (this.owns(partition)) partitions.add(partition);
    return partitions;
  }

  evolve(partition: string, event: RecordedEvent, blobs: ReadonlyMap<string, unknown>): void {
    let instance = this.instances.get(partition);
    if (instance === undefined)
      this.instances.set(partition, (instance = { state: this.saga.initial(partition), position: -1n }));
    if (event.position <= instance.position) return;
    instance.state = this.saga.evolve(instance.state, event, blobs);
    instance.position = event.position;
    this.dirty.add(partition);
  }

  /** Nothing where there is no such instance. */
  dueIn(partition: string): Iterable<Due<unknown>> {
    const instance = this.instances.get(partition);
    return instance === undefined ? [] : (this.saga.due(instance.state) as Iterable<Due<unknown>>);
  }

  /** Everything up to here has been evolved; of those touched, the instances that are over are dropped. */
  reached(position: bigint, touched: Iterable<string>): void {
    if (this.at === null || position > this.at) this.at = position;
    for (const partition of touched) {
      const instance = this.instances.get(partition);
      if (instance === undefined || this.saga.isOver?.(instance.state) !== true) continue;
      this.instances.delete(partition);
      this.dirty.delete(partition);
      this.gone.set(partition, this.at);
    }
  }

  /**
   * Stores what changed, then the checkpoint. States may go on meanwhile. Rejects with `CheckpointMoved` where another owner
   * has saved since.
   */
  async save(): Promise<void> {
    const position = this.at;
    if (position === null) return;
    const dirty = [...this.dirty];
    this.dirty = new Set();
    try {
      let rest = dirty;
      for (; rest.length > rowsPerCommit; rest = rest.slice(rowsPerCommit)) {
        await this.store.commit({ writes: this.snapshots(rest.slice(0, rowsPerCommit)) });
        await new Promise((resolve) => setImmediate(resolve));
      }
      // What ended after `position` must still be found by who goes on from there.
      const over = [...this.gone].filter(([, at]) => at <= position);
      const { checkpointVersion } = await this.store.commit({
        writes: [
          ...this.snapshots(rest),
          ...over.filter(([key]) => !this.instances.has(key)).map(this.deletion),
        ],
        checkpoint: { name: this.checkpoint, position, expected: this.version },
      });
      this.version = checkpointVersion;
      for (const [partition, at] of over) if (this.gone.get(partition) === at) this.gone.delete(partition);
    } catch (error) {
      for (const partition of dirty) this.dirty.add(partition);
      throw error;
    }
  }

  private snapshots(partitions: readonly string[]): RowWrite[] {
    const collection = snapshotsOf(this.saga);
    return partitions.flatMap((key) => {
      const instance = this.instances.get(key);
      if (instance === undefined) return [];
      return [
        {
          collection,
          key,
          position: instance.position,
          row: { snapshot: this.saga.snapshot(instance.state) },
        },
      ];
    });
  }

  private readonly deletion = ([key, position]: readonly [string, bigint]): RowWrite => ({
    collection: snapshotsOf(this.saga),
    key,
    position,
    row: null,
  });
}
