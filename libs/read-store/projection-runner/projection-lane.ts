import { type RecordedEvent } from '#libs/kernel';
import { type EventPage } from '../log/pages.js';
import { isRedacted, storedTypes, type Upcast } from '../log/stored-types.js';
import { RowRefused, type ReadStore, type RowWrite, type StoredRow } from '../port/read-store.js';
import { type AnyProjection } from './any-projection.js';
import { collectionOf } from './collection-of.js';

/** An event that a projection could not apply to a row, or (key null) could not find rows for. */
export interface ApplyFailure {
  readonly projection: AnyProjection;
  readonly event: RecordedEvent;
  readonly key: string | null;
  readonly error: unknown;
  /** It was not tried, because an earlier one of the row is parked. */
  readonly behind: boolean;
}

/** One event on its way to one row. */
interface Touch {
  readonly event: RecordedEvent;
  readonly key: string;
}

interface Slot {
  row: object | null;
  position: bigint;
  dirty: boolean;
}

/**
 * Projections that share a checkpoint. A page is applied in memory row by row and stored, rows and checkpoint together, in
 * one commit. Cost per page: one `getMany` per projection touched, one write per row changed, whatever the number of events.
 */
export class ProjectionLane {
  private byType = new Map<string, AnyProjection[]>();
  /** Rows with parked events, by projection: whatever comes later for them is parked behind. */
  private readonly held = new Map<AnyProjection, Set<string>>();

  private constructor(
    private readonly store: ReadStore,
    readonly checkpoint: string,
    readonly members: AnyProjection[],
    private readonly upcast: Upcast,
    private at: bigint | null,
    private version: bigint | null,
  ) {
    this.index();
  }

  static async open(
    store: ReadStore,
    checkpoint: string,
    members: readonly AnyProjection[],
    upcast: Upcast,
  ): Promise<ProjectionLane> {
    const stored = await store.checkpoint(checkpoint);
    return new ProjectionLane(
      store,
      checkpoint,
      [...members],
      upcast,
      stored?.position ?? null,
      stored?.version ?? null,
    );
  }

  get position(): bigint | null {
    return this.at;
  }

  /** Every type under which its events may lie in the log. */
  get types(): readonly string[] {
    return storedTypes([...this.byType.keys()]);
  }

  add(...members: readonly AnyProjection[]): void {
    this.members.push(...members);
    this.index();
  }

  remove(member: AnyProjection): void {
    this.members.splice(this.members.indexOf(member), 1);
    this.index();
  }

  hold(projection: AnyProjection, key: string): void {
    let keys = this.held.get(projection);
    if (keys === undefined) this.held.set(projection, (keys = new Set()));
    keys.add(key);
  }

  release(projection: AnyProjection, key: string): void {
    this.held.get(projection)?.delete(key);
  }

  /**
   * Applies a page and stores the outcome. `failed` hears of what could not be applied before anything is stored; where it
   * rejects, nothing is. Rejects with `CheckpointMoved` where somebody else has advanced this checkpoint.
   */
  async apply(page: EventPage, failed: (failure: ApplyFailure) => Promise<void>): Promise<void> {
    if (page.position === null || (this.at !== null && page.position <= this.at)) return;
    const failures: ApplyFailure[] = [];
    const touches = this.touchesOf(page.events, failures);
    let writes: RowWrite[] = [];
    for (const [projection, own] of touches)
      for (const write of await this.writesOf(projection, own, failures)) writes.push(write);
    for (;;) {
      for (const failure of failures.splice(0)) await failed(failure);
      try {
        await this.save(writes, page.position);
        return;
      } catch (error) {
        if (!(error instanceof RowRefused) || !writes.includes(error.write)) throw error;
        failures.push(...this.refused(error, touches));
        writes = writes.filter((write) => write !== error.write);
      }
    }
  }

  /** No store takes the row that these events make: none of them is applied to it. */
  private refused(
    error: RowRefused,
    touches: ReadonlyMap<AnyProjection, readonly Touch[]>,
  ): readonly ApplyFailure[] {
    const { collection, key } = error.write;
    return [...touches].flatMap(([projection, own]) => {
      if (projection.name !== collection.name || projection.version !== collection.version) return [];
      this.hold(projection, key);
      return own
        .filter((touch) => touch.key === key)
        .map(({ event }, i) => ({ projection, event, key, error, behind: i > 0 }));
    });
  }

  /** Applies parked events of one row in order; answers the index of the one that failed, and its error. */
  async retry(
    projection: AnyProjection,
    key: string,
    events: readonly RecordedEvent[],
  ): Promise<{ readonly applied: number; readonly error?: unknown }> {
    const collection = collectionOf(projection);
    const stored = await this.store.get(collection, key);
    let row = stored?.row ?? null;
    let applied = 0;
    let error: unknown;
    for (const event of events) {
      if (stored !== null && event.position <= stored.position) {
        error = new Error(
          `the row has moved on to ${stored.position}: raise the projection's version to rebuild it`,
        );
        break;
      }
      try {
        row = projection.apply(row, this.upcast(event), key) as object | null;
        applied++;
      } catch (thrown) {
        error = thrown;
        break;
      }
    }
    const last = events[applied - 1];
    if (last !== undefined && this.at !== null && (row !== null || stored !== null))
      await this.save([{ collection, key, position: last.position, row }], this.at);
    return applied === events.length ? { applied } : { applied, error };
  }

  /** Moves an untouched lane's checkpoint to where another one stands. */
  async startAt(position: bigint): Promise<void> {
    await this.save([], position);
  }

  private async save(writes: readonly RowWrite[], position: bigint): Promise<void> {
    const { checkpointVersion } = await this.store.commit({
      writes,
      checkpoint: { name: this.checkpoint, position, expected: this.version },
    });
    this.version = checkpointVersion;
    this.at = position;
  }

  private index(): void {
    this.byType = new Map();
    for (const member of this.members)
      for (const type of member.types) {
        const readers = this.byType.get(type);
        if (readers === undefined) this.byType.set(type, [member]);
        else readers.push(member);
      }
  }

  /** Null where the upcaster failed: then nobody who reads the type can say what rows it touches. */
  private upcastOr(stored: RecordedEvent, failures: ApplyFailure[]): RecordedEvent | null {
    try {
      return this.upcast(stored);
    } catch (error) {
      for (const projection of this.members)
        if (storedTypes(projection.types).includes(stored.type))
          failures.push({ projection, event: stored, key: null, error, behind: false });
      return null;
    }
  }

  private touchesOf(
    events: readonly RecordedEvent[],
    failures: ApplyFailure[],
  ): ReadonlyMap<AnyProjection, readonly Touch[]> {
    const touches = new Map<AnyProjection, Touch[]>();
    for (const stored of events) {
      if (isRedacted(stored) || (this.at !== null && stored.position <= this.at)) continue;
      const event = this.upcastOr(stored, failures);
      if (event === null) continue;
      for (const projection of this.byType.get(event.type) ?? []) {
        let list = touches.get(projection);
        if (list === undefined) touches.set(projection, (list = []));
        try {
          for (const key of projection.keys(event)) list.push({ event, key });
        } catch (error) {
          failures.push({ projection, event, key: null, error, behind: false });
        }
      }
    }
    return touches;
  }

  private async writesOf(
    projection: AnyProjection,
    touches: readonly Touch[],
    failures: ApplyFailure[],
  ): Promise<readonly RowWrite[]> {
    const collection = collectionOf(projection);
    const keys = [...new Set(touches.map((touch) => touch.key))];
    const stored: readonly (StoredRow | null)[] = await this.store.getMany(collection, keys);
    const slots = new Map(
      keys.map((key, i): [string, Slot] => {
        const found = stored[i] ?? null;
        return [key, { row: found?.row ?? null, position: found?.position ?? -1n, dirty: false }];
      }),
    );
    for (const { event, key } of touches) {
      const slot = slots.get(key)!;
      if (event.position <= slot.position) continue;
      if (this.held.get(projection)?.has(key) === true) {
        const error = new Error('an earlier event of this row is parked');
        failures.push({ projection, event, key, error, behind: true });
        continue;
      }
      try {
        const row = projection.apply(slot.row, event, key) as object | null;
        if (row === slot.row) continue;
        slot.row = row;
        slot.position = event.position;
        slot.dirty = true;
      } catch (error) {
        failures.push({ projection, event, key, error, behind: false });
        this.hold(projection, key);
      }
    }
    const writes: RowWrite[] = [];
    for (const [key, slot] of slots)
      if (slot.dirty) writes.push({ collection, key, position: slot.position, row: slot.row });
    return writes;
  }
}
