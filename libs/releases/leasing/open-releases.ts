import { isRedacted, type EventStore } from '#libs/event-store';
import { type Due, type RecordedEvent } from '#libs/kernel';
import { type ProjectionPositions, type ReadQueries } from '#libs/read-store';
import { type RegionDataEvent, type RegionDataHistory } from '#libs/region-data/contract';
import {
  type RegionalCommand,
  type RegionalId,
  type ReleaseEvent,
  releaseStream,
} from '../contract/index.js';
import { releasesProjection } from '../projections/index.js';
import { type RegionalRelease, regionalSaga } from '../sagas/index.js';

export type SentRelease = Extract<ReleaseEvent, { readonly type: 'ReleaseSent' }>['data'];

export interface DueWork {
  readonly due: Due<RegionalCommand>;
  /** Who is to do it. */
  readonly to: RegionalId;
}

/** A release that is not over, and what is due in it. */
export interface OpenRelease {
  readonly sent: SentRelease;
  readonly instance: RegionalRelease;
  readonly due: readonly DueWork[];
}

interface Entry {
  readonly sent: SentRelease;
  instance: RegionalRelease;
  revision: bigint;
  due: readonly DueWork[] | null;
}

/** Pause before a lost subscription is taken up again, doubled up to the second figure; ms. */
const backoffMs = [200, 5_000] as const;

/**
 * All releases that are not over, kept current from the log in memory; begins with the read model and goes on with what the log has
 * since. O(open releases) to begin, O(1) for an event. What is told here may be a moment old: who grants work reads the release.
 */
export class OpenReleases {
  readonly #open = new Map<string, Entry>();
  readonly #waiting = new Set<() => void>();
  readonly #paused = new Set<string>();
  #following: Promise<void> | null = null;
  #from: bigint | undefined;
  #loaded = false;

  constructor(
    private readonly events: EventStore,
    private readonly queries: ReadQueries,
    private readonly positions: ProjectionPositions,
    private readonly regionData: RegionDataHistory,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Resolves once it has caught up; the first call begins to follow the log, until `signal` is aborted. */
  async follow(signal: AbortSignal): Promise<void> {
    this.#following ??= new Promise((ready) => void this.#run(signal, ready));
    await this.#following;
  }

  *[Symbol.iterator](): Iterator<OpenRelease> {
    for (const entry of this.#open.values()) yield told(entry);
  }

  /** The release as its stream has it now; null where it is over or not there. */
  async read(release: string): Promise<OpenRelease | null> {
    const from = (this.#open.get(release)?.revision ?? -1n) + 1n;
    for await (const event of this.events.readStream(releaseStream(release), { from })) this.#evolve(event);
    const entry = this.#open.get(release);
    return entry ? told(entry) : null;
  }

  /** Resolves with the next change, or after `ms`. */
  async changed(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }

  async #run(signal: AbortSignal, ready: () => void): Promise<void> {
    for (let wait: number = backoffMs[0]; !signal.aborted; wait = Math.min(wait * 2, backoffMs[1])) {
      try {
        if (!this.#loaded) await this.#load();
        const after = this.#from === undefined ? {} : { after: this.#from };
        for await (const item of this.events.subscribe({ types: followed, signal, ...after })) {
          if (item.kind === 'caught-up') {
            ready();
            wait = backoffMs[0];
          }
          if (item.kind === 'event') await this.#take(item.event);
          this.#from = item.kind === 'event' ? item.event.position : item.position;
        }
      } catch (error) {
        if (isAborted(signal)) break;
        this.onError(error);
      }
      await this.changed(wait, signal);
    }
    ready();
  }

  /** What the read models have; what came after their positions follows from the log. */
  async #load(): Promise<void> {
    const reached = (await this.positions.reached()).get(releasesProjection.name) ?? null;
    const { document, position } = await this.regionData.current();
    const internal = new Map(document.regions.map((r) => [r.public_name, r.internal_name]));
    for (const { name, state } of document.all_regions)
      if (state === 'Paused') this.#paused.add(internal.get(name) ?? name);
    if (reached !== null && position >= 0n) {
      for (const status of ['sent', 'planned', 'approved'] as const)
        for (const { row } of await this.queries.all(releasesProjection, {
          index: 'status',
          equals: [status],
        }))
          await this.read(row.release);
      this.#from = reached < position ? reached : position;
    }
    this.#loaded = true;
  }

  async #take(event: RecordedEvent): Promise<void> {
    if (isRedacted(event)) return;
    if (event.type === 'RegionStateChanged') {
      const { region, to } = event.data as Extract<RegionDataEvent, { type: 'RegionStateChanged' }>['data'];
      if (to === 'Paused') this.#paused.add(region);
      else this.#paused.delete(region);
      for (const entry of this.#open.values())
        if (entry.sent.region === region) {
          entry.instance.paused = to === 'Paused';
          entry.due = null;
        }
    } else if (!this.#evolve(event)) await this.read((event.data as { readonly release: string }).release);
    for (const wake of [...this.#waiting]) wake();
  }

  /** False where events before this one have not been seen. A stream's events count once, by whichever way they come. */
  #evolve(event: RecordedEvent): boolean {
    const { release } = event.data as { readonly release: string };
    const known = this.#open.get(release);
    if (known && event.revision <= known.revision) return true;
    if (known ? event.revision !== known.revision + 1n : event.type !== 'ReleaseSent') return false;
    const sent = known?.sent ?? (event.data as SentRelease);
    const instance = known?.instance ?? {
      ...regionalSaga.initial(release),
      paused: this.#paused.has(sent.region),
    };
    const evolved = regionalSaga.evolve(instance, event as RecordedEvent<ReleaseEvent>, noBlobs);
    if (regionalSaga.isOver!(evolved)) this.#open.delete(release);
    else this.#open.set(release, { sent, instance: evolved, revision: event.revision, due: null });
    return true;
  }
}

const followed = [...regionalSaga.types, 'LeaseGranted'];
const noBlobs: ReadonlyMap<string, unknown> = new Map();

function told(entry: Entry): OpenRelease {
  const { sent, instance } = entry;
  const due = (entry.due ??= [...regionalSaga.due(instance)].map((one) => ({
    due: one,
    to:
      one.command.type === 'PlanSentRelease'
        ? sent.to
        : (instance.state.nodes.get(one.command.node)?.to ?? sent.to),
  })));
  return { sent, instance, due };
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;
