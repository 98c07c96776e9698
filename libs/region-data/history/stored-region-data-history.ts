import { DeadlineExceeded, isRedacted, type EventStore } from '#libs/event-store';
import { type RecordedEvent } from '#libs/kernel';
import {
  changedPathsOf,
  distinct,
  entityEvents,
  RegionDataHistory,
  regionDataEventTypes,
  regionDataStream,
  type ChangedPath,
  type RegionDataEvent,
  type RegionDataVersion,
} from '../contract/index.js';
import { documentOf, emptyRegionData, regionDataDecider, type RegionDataState } from '../domain/index.js';
import { withStagedEvents } from './staged-imports.js';

type Recorded = RecordedEvent<RegionDataEvent>;

interface Step {
  readonly before: RegionDataState;
  readonly event: Recorded;
}

/** A state is kept for every so many revisions; states share what did not change between them. */
const keepEvery = 256;
/** Latest steps, for who follows the changes as they come. */
const recentSteps = 64;
/** Milliseconds that `current(atLeast)` waits. */
const patience = 10_000;

/**
 * Region data at any revision, folded from its stream. Reads on demand, once: the current state, where each revision stands in
 * the log, and a kept state every 256 revisions stay in memory.
 */
export class StoredRegionDataHistory extends RegionDataHistory {
  #state = emptyRegionData;
  readonly #positions: bigint[] = [];
  readonly #times: string[] = [];
  readonly #kept: RegionDataState[] = [emptyRegionData];
  readonly #recent = new Map<bigint, Step>();
  #reading: Promise<void> = Promise.resolve();

  constructor(private readonly store: EventStore) {
    super();
  }

  async current(atLeast = -1n): Promise<RegionDataVersion> {
    await this.#catchUp();
    if (this.#state.revision < atLeast) await this.#waitFor(atLeast);
    return this.#version(this.#state);
  }

  async at(
    point: { readonly revision: bigint } | { readonly position: bigint } | { readonly time: string },
  ): Promise<RegionDataVersion> {
    return this.#version(await this.stateAt(point));
  }

  /** The whole state, with what stands beside the document. */
  async stateAt(
    point: { readonly revision: bigint } | { readonly position: bigint } | { readonly time: string },
  ): Promise<RegionDataState> {
    if ('revision' in point && point.revision > this.#state.revision) await this.current(point.revision);
    else await this.#catchUp();
    return this.#stateAt(this.#revisionOf(point));
  }

  async currentState(): Promise<RegionDataState> {
    await this.#catchUp();
    return this.#state;
  }

  async changedPaths(after: bigint, upTo: bigint): Promise<readonly ChangedPath[]> {
    await this.current(upTo);
    const paths: ChangedPath[] = [];
    for await (const { before, event } of this.#steps(after, upTo)) {
      let state = before;
      for (const one of entityEvents(event)) {
        paths.push(...changedPathsOf(one, documentOf(state)));
        state = regionDataDecider.evolve(state, one);
      }
    }
    return distinct(paths);
  }

  #version(state: RegionDataState): RegionDataVersion {
    const regions = [...state.regions];
    return {
      document: documentOf(state),
      revision: state.revision,
      position: this.#positions[Number(state.revision)] ?? -1n,
      beside: {
        heldRegions: new Set(regions.filter(([, r]) => r.hold !== null).map(([name]) => name)),
        autoBuild: new Set(regions.filter(([, r]) => r.autoBuild).map(([name]) => name)),
      },
    };
  }

  /** One reader at a time; who comes meanwhile reads after it, so that nothing acknowledged before the call is missed. */
  #catchUp(): Promise<void> {
    const next = this.#reading.then(() => this.#readOn());
    this.#reading = next.catch(() => undefined);
    return next;
  }

  async #readOn(): Promise<void> {
    for await (const stored of this.store.readStream(regionDataStream, { from: this.#state.revision + 1n })) {
      const event = await withStagedEvents(stored as Recorded, this.store);
      const before = this.#state;
      this.#state = foldOne(before, event);
      this.#positions.push(event.position);
      this.#times.push(event.recordedAt);
      if ((event.revision + 1n) % BigInt(keepEvery) === 0n) this.#kept.push(this.#state);
      this.#recent.set(event.revision, { before, event });
      this.#recent.delete(event.revision - BigInt(recentSteps));
    }
  }

  async #waitFor(revision: bigint): Promise<void> {
    const late = AbortSignal.timeout(patience);
    const last = this.#positions.at(-1);
    const live = this.store.subscribe({
      ...(last !== undefined && { after: last }),
      types: regionDataEventTypes,
      signal: late,
    });
    for await (const item of live) {
      if (item.kind === 'event' && item.event.stream === regionDataStream) await this.#catchUp();
      if (this.#state.revision >= revision) return;
    }
    throw new DeadlineExceeded(
      `revision ${revision} of region data was not there within ${patience} ms; it is at ${this.#state.revision}`,
    );
  }

  #revisionOf(
    point: { readonly revision: bigint } | { readonly position: bigint } | { readonly time: string },
  ): bigint {
    if ('revision' in point) return point.revision;
    if ('position' in point) return BigInt(countUpTo(this.#positions, (p) => p <= point.position)) - 1n;
    const time = Date.parse(point.time);
    if (Number.isNaN(time)) throw new RangeError(`${point.time} is no ISO 8601 time`);
    return BigInt(countUpTo(this.#times, (t) => Date.parse(t) <= time)) - 1n;
  }

  /** O(revisions since a kept state), at most 256. */
  async #stateAt(revision: bigint): Promise<RegionDataState> {
    if (revision >= this.#state.revision) return this.#state;
    const later = this.#recent.get(revision + 1n);
    if (later) return later.before;
    const kept = this.#kept[Math.floor(Number(revision + 1n) / keepEvery)]!;
    let state = kept;
    const limit = Number(revision - kept.revision);
    if (limit <= 0) return kept;
    for await (const stored of this.store.readStream(regionDataStream, { from: kept.revision + 1n, limit }))
      state = foldOne(state, await withStagedEvents(stored as Recorded, this.store));
    return state;
  }

  async *#steps(after: bigint, upTo: bigint): AsyncIterable<Step> {
    const first = this.#recent.get(after + 1n);
    if (first) {
      for (let revision = after + 1n; revision <= upTo; revision += 1n) {
        const step = this.#recent.get(revision);
        if (!step) return;
        if (!isRedacted(step.event)) yield step;
      }
      return;
    }
    let before = await this.#stateAt(after);
    const limit = Number(upTo - after);
    if (limit <= 0) return;
    for await (const stored of this.store.readStream(regionDataStream, { from: after + 1n, limit })) {
      const event = await withStagedEvents(stored as Recorded, this.store);
      if (!isRedacted(event)) yield { before, event };
      before = foldOne(before, event);
    }
  }
}

/** A redacted event is passed over, but counts. */
function foldOne(state: RegionDataState, event: Recorded): RegionDataState {
  return isRedacted(event)
    ? { ...state, revision: event.revision }
    : regionDataDecider.evolve(state, event as unknown as RegionDataEvent);
}

/** How many of an ordered list's first items satisfy a condition. O(log n). */
function countUpTo<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(list[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
