import { isRedacted } from '#libs/event-store/audit';
import { type BuildEvent } from '#libs/builds/contract';
import { type CapabilityEvent } from '#libs/capabilities/contract';
import { type CompilationEvent } from '#libs/compilation/contract';
import { type Json, type RecordedEvent } from '#libs/kernel';
import {
  changedPathsOf,
  entityEvents,
  regionDataEventTypes,
  type RegionDataEvent,
} from '#libs/region-data/contract';
import { type ReleaseEvent } from '#libs/releases/contract';
import { isUpTo, type LogPoint } from './point.js';
import { RegionDataReplay } from './region-data-replay.js';

/** One change of region data. */
export interface DataChange {
  readonly position: string;
  readonly revision: string;
  readonly type: string;
  /** What was changed: a region by its public name, else the entity's own name. */
  readonly what: string;
  readonly attributes: readonly { readonly attribute: string; readonly from?: Json; readonly to?: Json }[];
  readonly notes?: string;
  /** As flocks read them. */
  readonly paths: readonly string[];
}

/** Everything in the log that one outside cause led to. */
export interface Cause {
  readonly correlationId: string;
  readonly actor: string;
  readonly ticket: string | null;
  readonly recordedAt: string;
  readonly position: string;
  readonly changes: readonly DataChange[];
  readonly compilations: readonly {
    readonly revision: string;
    readonly recompiled: readonly string[];
    readonly changed: readonly string[];
    readonly flocks: number;
  }[];
  readonly builds: readonly { readonly build: string; readonly kind: string; readonly event: string }[];
  readonly merges: readonly {
    readonly build: string;
    readonly regionData: string;
    readonly nodes: number;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
  }[];
  readonly releases: readonly {
    readonly release: string;
    readonly flock: string;
    readonly environment: string;
    readonly target: string;
    readonly nodes: number;
  }[];
  readonly operations: readonly {
    readonly node: string;
    readonly action: string;
    readonly release: string;
  }[];
  readonly states: readonly { readonly region: string; readonly from: string; readonly to: string }[];
  readonly capabilities: readonly {
    readonly region: string;
    readonly name: string;
    readonly event: 'available' | 'withdrawn' | 'falsely published';
  }[];
  /** Types of all its events, with how many there are of each. */
  readonly events: Readonly<Record<string, number>>;
}

export interface Difference {
  /** Exclusive and inclusive positions, decimal. */
  readonly from: string;
  readonly to: string;
  readonly events: number;
  readonly causes: readonly Cause[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
type Draft = Mutable<Omit<Cause, 'events'>> & { readonly events: Record<string, number> };

const regionDataTypes: ReadonlySet<string> = new Set(regionDataEventTypes);

/**
 * What happened after `from` up to `to`, grouped by what caused it: who, under which ticket, the changes, and all that followed by
 * correlation. A compilation also counts to every change of region data that it covers. O(events up to `to`).
 */
export async function difference(
  events: AsyncIterable<RecordedEvent>,
  { from, to = null }: { readonly from: LogPoint; readonly to?: LogPoint | null },
): Promise<Difference> {
  const regionData = new RegionDataReplay();
  const causes = new Map<string, Draft>();
  let [before, last, count] = [-1n, -1n, 0];
  for await (const event of events) {
    if (!isUpTo(event, to)) break;
    last = event.position;
    if (isUpTo(event, from)) {
      before = event.position;
      regionData.add(event);
      continue;
    }
    count += 1;
    const changes = isRedacted(event) ? [] : changesOf(event, regionData);
    const cause = causeOf(causes, event);
    cause.events[event.type] = (cause.events[event.type] ?? 0) + 1;
    cause.changes.push(...changes);
    if (!isRedacted(event)) take(cause, causes, event, regionData);
  }
  return { from: String(before), to: String(last), events: count, causes: [...causes.values()] };
}

function causeOf(causes: Map<string, Draft>, event: RecordedEvent): Draft {
  const { correlationId, actor, ticket } = event.metadata;
  const known = causes.get(correlationId);
  if (known) {
    known.ticket ??= ticket ?? null;
    return known;
  }
  const draft: Draft = {
    correlationId,
    actor,
    ticket: ticket ?? null,
    recordedAt: event.recordedAt,
    position: String(event.position),
    changes: [],
    compilations: [],
    builds: [],
    merges: [],
    releases: [],
    operations: [],
    states: [],
    capabilities: [],
    events: {},
  };
  causes.set(correlationId, draft);
  return draft;
}

/** The changes that an event of region data makes; `regionData` is taken on over it. */
function changesOf(event: RecordedEvent, regionData: RegionDataReplay): readonly DataChange[] {
  if (!regionDataTypes.has(event.type)) {
    regionData.add(event);
    return [];
  }
  const before = regionData.document;
  const expanded = regionData.add(event) as RecordedEvent<RegionDataEvent>;
  return entityEvents(expanded)
    .filter(({ type }) => type !== 'RegionStateChanged')
    .map((one) => {
      const data = one.data as Readonly<Record<string, Json>>;
      return {
        position: String(event.position),
        revision: String(event.revision),
        type: one.type,
        what: whatOf(data, regionData),
        attributes: (data['changes'] ?? []) as unknown as DataChange['attributes'],
        ...(typeof data['notes'] === 'string' ? { notes: data['notes'] } : {}),
        paths: [
          ...new Set(changedPathsOf(one as unknown as RegionDataEvent, before).map(({ path }) => path)),
        ],
      };
    });
}

function whatOf(data: Readonly<Record<string, Json>>, regionData: RegionDataReplay): string {
  const { region, name } = data;
  if (typeof region === 'string')
    return typeof name === 'string'
      ? `${regionData.publicName(region)}/${name}`
      : regionData.publicName(region);
  for (const key of ['realm', 'vibe', 'subset', 'stream'])
    if (typeof data[key] === 'string') return data[key];
  return 'region data';
}

function take(
  cause: Draft,
  causes: ReadonlyMap<string, Draft>,
  event: RecordedEvent,
  regionData: RegionDataReplay,
): void {
  const { type, data } = event as unknown as
    BuildEvent | ReleaseEvent | CapabilityEvent | CompilationEvent | RegionDataEvent;
  switch (type) {
    case 'RegionDataCompiled': {
      const { after, revision, recompiled, changed, flocks } = data;
      const compiled = { revision, recompiled, changed, flocks };
      const covers = (change: DataChange): boolean =>
        BigInt(change.revision) > BigInt(after) && BigInt(change.revision) <= BigInt(revision);
      cause.compilations.push(compiled);
      for (const other of causes.values())
        if (other !== cause && other.changes.some(covers)) other.compilations.push(compiled);
      return;
    }
    case 'BuildOpened':
      cause.builds.push({ build: data.build, kind: data.kind, event: 'opened' });
      return;
    case 'BuildCompleted':
    case 'BuildCancelled':
      cause.builds.push({
        build: data.build,
        kind: '',
        event: type === 'BuildCompleted' ? 'completed' : 'cancelled',
      });
      return;
    case 'BuildGraphMerged': {
      const { build, regionData: revision, nodes, added, removed, changed } = data;
      cause.merges.push({ build, regionData: revision, nodes, added, removed, changed });
      return;
    }
    case 'ReleaseSent': {
      const { release, flock, environment, target, nodes } = data;
      cause.releases.push({ release, flock, environment, target, nodes: nodes.length });
      return;
    }
    case 'OperationSucceeded':
      cause.operations.push({ node: data.node, action: data.action, release: data.release });
      return;
    case 'RegionStateChanged':
      cause.states.push({ region: regionData.publicName(data.region), from: data.from, to: data.to });
      return;
    case 'CapabilityBecameAvailable':
    case 'CapabilityWithdrawn':
    case 'CapabilityFalselyPublished':
      cause.capabilities.push({
        region: regionData.publicName(data.region),
        name: `${data.environment}/${data.name}`,
        event:
          type === 'CapabilityBecameAvailable'
            ? 'available'
            : type === 'CapabilityWithdrawn'
              ? 'withdrawn'
              : 'falsely published',
      });
      return;
    default:
      return;
  }
}
