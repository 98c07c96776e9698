import { randomUUID } from 'node:crypto';
import { type RecordedEvent } from '#libs/kernel';
import { type EventStore } from '#libs/event-store';
import { whileOwned, type OwnerState } from '../lease/while-owned.js';
import { Exclusive } from '../log/exclusive.js';
import { pagesOf, type EventPage } from '../log/pages.js';
import { pause } from '#libs/event-store';
import { reportError } from '../log/report-error.js';
import { type Upcast } from '../log/stored-types.js';
import { type ReadStore } from '../port/read-store.js';
import { type AnyProjection } from './any-projection.js';
import { collectionOf } from './collection-of.js';
import { ModelCatalogue, newestComplete, type ModelEntry } from './model-catalogue.js';
import { parkedEvent, parkedEvents, putParked, requestRetry, type ParkedEvent } from './parked-events.js';
import { ProjectionLane, type ApplyFailure } from './projection-lane.js';
import { Rate } from './rate.js';
import { type StoredPositions } from './stored-positions.js';

export interface ProjectionRunnerOptions {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  /** Several versions of one projection may be listed: both are kept up, and queries read the newest complete one. */
  readonly projections: readonly AnyProjection[];
  /** One runner works for a group at a time, others wait for its lease. Default `main`. */
  readonly group?: string;
  readonly upcast?: Upcast;
  /** Is told of every commit, so that waiters in this process need not poll. */
  readonly positions?: StoredPositions;
  /** At most so many events are applied between two commits; default 4,000. */
  readonly pageSize?: number;
  readonly leaseTtlMs?: number;
  /** Hears of everything that goes wrong, parked events included; the default writes to stderr. */
  readonly onError?: (error: unknown, where: string) => void;
}

export interface BuildStatus {
  readonly projection: string;
  readonly version: number;
  readonly state: 'building' | 'stopped';
  readonly position: bigint | null;
  readonly error?: string;
}

export interface ProjectionRunnerStatus {
  readonly state: OwnerState;
  readonly error?: string;
  readonly position: bigint | null;
  readonly caughtUp: boolean;
  /** Events handled since the start. */
  readonly events: number;
  readonly eventsPerSecond: number;
  /** From `recordedAt` of the last event handled to the commit of its rows. */
  readonly lagMs: number | null;
  readonly parked: number;
  readonly builds: readonly BuildStatus[];
}

const retryPollMs = 1_000;
const stopped = '/stopped';

/**
 * Keeps read models up to date with the log: applies pages of events, stores rows and checkpoint together, and goes on. Where
 * it fails it starts again from the stored checkpoint, with backoff. Policies: a live projection parks what it cannot apply,
 * visibly, and goes on; one that is being built stops there, while the others go on.
 *
 * A version that is not complete is built from the beginning of the log beside the complete ones, and joins them, in one step
 * between two pages, when it has reached their position. Versions that are neither listed nor the newest complete are dropped
 * at the next start.
 */
export class ProjectionRunner {
  private readonly catalogue: ModelCatalogue;
  private readonly group: string;
  private readonly checkpoint: string;
  private readonly upcast: Upcast;
  private readonly onError: (error: unknown, where: string) => void;
  private readonly rate = new Rate();
  private readonly builds = new Map<AnyProjection, BuildStatus>();
  private state: OwnerState = 'stopped';
  private error: string | undefined;
  private live: ProjectionLane | null = null;
  private caughtUp = false;
  private events = 0;
  private lagMs: number | null = null;
  private parkedCount = 0;
  private pokeRetry = (): void => undefined;

  constructor(private readonly options: ProjectionRunnerOptions) {
    const names = options.projections.map((p) => `${p.name}@${p.version}`);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new TypeError(`projection ${twice} is listed twice`);
    this.catalogue = new ModelCatalogue(options.readStore);
    this.group = options.group ?? 'main';
    this.checkpoint = `projections/${this.group}`;
    this.upcast = options.upcast ?? ((event) => event);
    this.onError = options.onError ?? reportError;
  }

  /** Runs until `signal` is aborted; then resolves, with the page in hand stored and the lease given back. */
  async run(signal: AbortSignal): Promise<void> {
    await whileOwned(
      {
        store: this.options.readStore,
        key: this.checkpoint,
        ttlMs: this.options.leaseTtlMs,
        work: (_, owned) => this.work(owned),
        changed: (state, error) => {
          this.state = state;
          this.error = error;
        },
        onError: this.onError,
      },
      signal,
    );
  }

  status(): ProjectionRunnerStatus {
    return {
      state: this.state,
      ...(this.error !== undefined && { error: this.error }),
      position: this.live?.position ?? null,
      caughtUp: this.caughtUp,
      events: this.events,
      eventsPerSecond: this.rate.value,
      lagMs: this.lagMs,
      parked: this.parkedCount,
      builds: [...this.builds.values()],
    };
  }

  /** Like `requestRetry`, without waiting for the next look. */
  async retry(id: string): Promise<boolean> {
    const found = await requestRetry(this.options.readStore, id);
    this.pokeRetry();
    return found;
  }

  private async work(outer: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const signal = AbortSignal.any([outer, failed.signal]);
    const turn = new Exclusive();
    const { complete, incomplete, buildId } = await this.sort();
    await this.options.readStore.prepare([...complete, ...incomplete].map(collectionOf));
    const live = await ProjectionLane.open(this.options.readStore, this.checkpoint, complete, this.upcast);
    this.live = live;
    this.caughtUp = false;
    this.builds.clear();
    await this.loadParked(live);
    // Aborted to begin a new subscription, when the live lane has got new members.
    let membership = new AbortController();
    const joined = (): void => {
      membership.abort();
      membership = new AbortController();
    };
    const guarded = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        failed.abort();
        throw error;
      }
    };
    const outcomes = await Promise.allSettled([
      guarded(async () => {
        if (incomplete.length > 0) await this.build(live, incomplete, buildId, turn, signal, joined);
      }),
      guarded(async () => {
        while (!signal.aborted)
          if (live.members.length === 0)
            await pause(retryPollMs, AbortSignal.any([signal, membership.signal]));
          else await this.follow(live, turn, AbortSignal.any([signal, membership.signal]));
      }),
      guarded(async () => {
        await this.watchRetries(live, turn, signal);
      }),
    ]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Sorts the listed projections, and drops and freezes what is listed no more. */
  private async sort(): Promise<{ complete: AnyProjection[]; incomplete: AnyProjection[]; buildId: string }> {
    const { projections, readStore } = this.options;
    const entries = await this.catalogue.entries();
    const find = (p: AnyProjection): ModelEntry | undefined =>
      entries.find((entry) => entry.name === p.name && entry.version === p.version);
    const isLive = (p: AnyProjection): boolean => {
      const entry = find(p);
      return entry?.complete === true && entry.checkpoint === this.checkpoint && entry.frozenAt === null;
    };
    const complete = projections.filter(isLive);
    const incomplete = projections.filter((p) => !isLive(p));
    for (const entry of entries) {
      const listed = projections.some((p) => p.name === entry.name && p.version === entry.version);
      if (listed || !projections.some((p) => p.name === entry.name)) continue;
      if (newestComplete(entries, entry.name) !== entry)
        await this.catalogue.drop({ name: entry.name, version: entry.version, indexes: {} });
      else if (entry.frozenAt === null) {
        const position = (await readStore.checkpoint(entry.checkpoint))?.position ?? -1n;
        await this.catalogue.put({ ...entry, frozenAt: position.toString() });
      }
    }
    return { complete, incomplete, buildId: await this.prepareBuild(incomplete, find) };
  }

  /** Goes on with a build of exactly these, or begins a new one with empty collections. */
  private async prepareBuild(
    incomplete: readonly AnyProjection[],
    find: (p: AnyProjection) => ModelEntry | undefined,
  ): Promise<string> {
    const begun = new Set(incomplete.map((p) => find(p)?.checkpoint));
    const [only] = begun;
    if (
      begun.size === 1 &&
      only?.startsWith(`${this.checkpoint}/build/`) === true &&
      !only.endsWith(stopped)
    ) {
      const same = (await this.catalogue.entries()).filter((entry) => entry.checkpoint === only);
      if (same.length === incomplete.length) return only;
    }
    const checkpoint = `${this.checkpoint}/build/${randomUUID()}`;
    for (const projection of incomplete) {
      const { name, version } = projection;
      await this.catalogue.drop(collectionOf(projection));
      await this.catalogue.put({ name, version, checkpoint, complete: false, frozenAt: null });
    }
    return checkpoint;
  }

  private async follow(live: ProjectionLane, turn: Exclusive, signal: AbortSignal): Promise<void> {
    const { eventStore, pageSize } = this.options;
    const pages = pagesOf(eventStore, {
      after: live.position,
      types: live.types,
      signal,
      ...(pageSize !== undefined && { max: pageSize }),
    });
    for await (const page of pages) {
      await turn.run(async () => {
        if (signal.aborted) return;
        await live.apply(page, (failure) => this.park(failure));
        this.handled(page);
        this.options.positions?.moved();
      });
      this.caughtUp = page.caughtUp;
    }
  }

  private handled(page: EventPage): void {
    this.events += page.events.length;
    this.rate.add(page.events.length);
    const last = page.events.at(-1);
    if (last !== undefined) this.lagMs = Math.max(0, Date.now() - Date.parse(last.recordedAt));
  }

  /** Reads the log from the build's checkpoint up to the live lane's, and joins it there. */
  private async build(
    live: ProjectionLane,
    projections: readonly AnyProjection[],
    buildId: string,
    turn: Exclusive,
    signal: AbortSignal,
    joined: () => void,
  ): Promise<void> {
    const { eventStore, readStore, pageSize = 4_000 } = this.options;
    const lane = await ProjectionLane.open(readStore, buildId, projections, this.upcast);
    const report = (): void => {
      for (const p of lane.members)
        this.builds.set(p, {
          projection: p.name,
          version: p.version,
          state: 'building',
          position: lane.position,
        });
    };
    report();
    const applyUntil = async (until: bigint | null): Promise<void> => {
      let events: RecordedEvent[] = [];
      const flush = async (position: bigint): Promise<void> => {
        await this.applyToBuild(lane, { events, position, caughtUp: false });
        this.handled({ events, position, caughtUp: false });
        events = [];
        report();
      };
      const after = lane.position;
      if (until === null || (after !== null && after >= until)) return;
      for await (const event of eventStore.readAll({
        until,
        types: lane.types,
        ...(after !== null && { after }),
        deadlineMs: 600_000,
      })) {
        events.push(event);
        if (events.length >= pageSize) await flush(event.position);
        if (signal.aborted || lane.members.length === 0) return;
      }
      await flush(until);
    };

    // Twice, so that little is left for the step during which the live lane stands still.
    await applyUntil(await eventStore.head());
    await applyUntil(await eventStore.head());
    while (!signal.aborted && lane.members.length > 0) {
      const done = await turn.run(async () => {
        // The live lane stands still here; alone in the log, the build may lead.
        if (live.members.length === 0) {
          if (lane.position !== null && (live.position ?? -1n) < lane.position)
            await live.startAt(lane.position);
        }
        await applyUntil(live.position);
        if (signal.aborted || (lane.position ?? -1n) !== (live.position ?? -1n)) return false;
        for (const { name, version } of lane.members)
          await this.catalogue.put({
            name,
            version,
            checkpoint: this.checkpoint,
            complete: true,
            frozenAt: null,
          });
        return true;
      });
      if (done) {
        for (const member of lane.members) this.builds.delete(member);
        live.add(...lane.members);
        this.options.positions?.moved();
        joined();
        return;
      }
      await pause(5, signal);
    }
  }

  /** A projection that fails leaves the build; the others go on. */
  private async applyToBuild(lane: ProjectionLane, page: EventPage): Promise<void> {
    while (lane.members.length > 0) {
      try {
        await lane.apply(page, async (failure) => {
          throw new BuildStopped(failure);
        });
        return;
      } catch (error) {
        if (!(error instanceof BuildStopped)) throw error;
        const { projection, event, key, error: cause } = error.failure;
        lane.remove(projection);
        const where = `${event.type} at ${event.position}${key === null ? '' : `, row ${key}`}`;
        const { name, version } = projection;
        // The build's checkpoint goes on without it, so that it has to begin again from the start of the log.
        const checkpoint = `${lane.checkpoint}${stopped}`;
        await this.catalogue.put({ name, version, checkpoint, complete: false, frozenAt: null });
        this.builds.set(projection, {
          projection: name,
          version,
          state: 'stopped',
          position: lane.position,
          error: `${where}: ${messageOf(cause)}`,
        });
        this.onError(cause, `building ${name}@${version} stopped at ${where}`);
      }
    }
  }

  private async park({ projection, event, key, error, behind }: ApplyFailure): Promise<void> {
    await putParked(this.options.readStore, parkedEvent(projection, event, key, messageOf(error), behind));
    this.parkedCount++;
    if (!behind)
      this.onError(
        error,
        `${projection.name}@${projection.version} parked ${event.type} at ${event.position}`,
      );
  }

  private async loadParked(live: ProjectionLane): Promise<void> {
    const parked = await this.ownParked(live);
    this.parkedCount = parked.length;
    for (const [projection, event] of parked) if (event.key !== null) live.hold(projection, event.key);
  }

  private async ownParked(live: ProjectionLane): Promise<(readonly [AnyProjection, ParkedEvent])[]> {
    return (await parkedEvents(this.options.readStore)).flatMap((event) => {
      const projection = live.members.find((p) => p.name === event.projection && p.version === event.version);
      return projection === undefined ? [] : [[projection, event] as const];
    });
  }

  private async watchRetries(live: ProjectionLane, turn: Exclusive, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const poke = new AbortController();
      this.pokeRetry = () => {
        poke.abort();
      };
      if (this.parkedCount > 0) await turn.run(() => this.retryAsked(live));
      await pause(retryPollMs, AbortSignal.any([signal, poke.signal]));
    }
  }

  private async retryAsked(live: ProjectionLane): Promise<void> {
    const parked = await this.ownParked(live);
    for (const [projection, asked] of parked.filter(([, event]) => event.retryAsked)) {
      const row = parked.filter(
        ([p, event]) =>
          p === projection && (asked.key === null ? event.id === asked.id : event.key === asked.key),
      );
      // one retry of a row covers all that is parked for it
      if (row.find(([, event]) => event.retryAsked)![1].id !== asked.id) continue;
      const events = await Promise.all(row.map(([, { event }]) => this.load(event)));
      const keys = asked.key === null ? projection.keys(this.upcast(events[0]!)) : [asked.key];
      let applied = row.length;
      let error: unknown;
      for (const key of keys) {
        const outcome = await live.retry(projection, key, events);
        applied = Math.min(applied, outcome.applied);
        error ??= outcome.error;
      }
      for (const [i, [, event]] of row.entries())
        if (i < applied) {
          await this.options.readStore.deleteDocument(event.id);
          this.parkedCount--;
        } else
          await putParked(this.options.readStore, {
            ...event,
            retryAsked: false,
            ...(i === applied && { error: messageOf(error), behind: false }),
          });
      if (applied === row.length && asked.key !== null) live.release(projection, asked.key);
    }
  }

  private async load({ stream, revision, id }: ParkedEvent['event']): Promise<RecordedEvent> {
    for await (const event of this.options.eventStore.readStream(stream, {
      from: BigInt(revision),
      limit: 1,
    }))
      if (event.id === id) return event;
    throw new Error(`event ${id} is no longer in ${stream}`);
  }
}

class BuildStopped extends Error {
  constructor(readonly failure: ApplyFailure) {
    super();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
