import { isRedacted } from '#libs/event-store/audit';
import { type BuildEvent } from '#libs/builds/contract';
import { type CompilationEvent } from '#libs/compilation/contract';
import { type RecordedEvent } from '#libs/kernel';
import { regionDataStream, type RegionDataEvent } from '#libs/region-data/contract';
import { type OperationAction, type ReleaseEvent } from '#libs/releases/contract';
import { buildAfter, type BuildRecord } from './build-record.js';
import { CapabilitiesReplay } from './capabilities-replay.js';
import { RegionDataReplay } from './region-data-replay.js';

/** What a change of region data made of the flocks: evaluated again, of these with an equal result, and left alone. */
interface Recompilation {
  readonly flocks: number;
  readonly recompiled: readonly string[];
  readonly changed: readonly string[];
}

/** The story of a region's first build and of the last edit after it, told from events alone. */
export interface Summary {
  /** Public name; null where nothing was ever built. */
  readonly region: string | null;
  readonly state: string | null;
  readonly releases: number;
  /** Distinct operations that took effect; publications are not counted. */
  readonly operations: number;
  /** Available in the region. */
  readonly capabilities: number;
  readonly events: number;
  /** From the build's first event to Production; null until then. */
  readonly seconds: number | null;
  /** The last change that a person made to region data while the first build was under way. */
  readonly midBuild: {
    readonly recompiled: number;
    readonly flocks: number;
    readonly equal: number;
    readonly added: number;
    readonly removed: number;
    readonly kept: number;
    readonly redone: number;
  } | null;
  /**
   * The first time that another process took work over: effects recorded before it, operations begun before it that never came to
   * an end, and keys that took effect more than once.
   */
  readonly kill: { readonly effectsBefore: number; readonly lost: number; readonly twice: number } | null;
  /** The last edit of the region in Production that an update build carried out. */
  readonly edit: {
    readonly recompiled: readonly string[];
    readonly add: number;
    readonly change: number;
    readonly destroy: number;
    readonly untouched: number;
  } | null;
}

interface Effect {
  readonly region: string;
  readonly node: string;
  readonly build: string;
  readonly action: OperationAction;
  readonly position: bigint;
}

interface Change {
  readonly region: string;
  readonly revision: bigint;
  readonly position: bigint;
}

const effects: ReadonlySet<string> = new Set(['create', 'update', 'replace', 'delete']);

/** Folds a log, event by event in its order, into its summary. Memory O(operations). */
export class SummaryReplay {
  readonly regionData = new RegionDataReplay();
  readonly capabilities = new CapabilitiesReplay();
  readonly #builds = new Map<string, BuildRecord>();
  readonly #buildOf = new Map<string, string>();
  readonly #effects = new Map<string, Effect>();
  /** By `build`: where each node's operation succeeded first, and where it was begun last. */
  readonly #done = new Map<string, Map<string, bigint>>();
  readonly #begun = new Map<string, Map<string, bigint>>();
  readonly #openKeys = new Map<string, bigint>();
  readonly #changes: Change[] = [];
  readonly #compilations: (Recompilation & { readonly revision: bigint })[] = [];
  readonly #production = new Map<string, string>();
  #releases = 0;
  #twice = 0;
  #events = 0;
  #regional: string | null = null;
  #takenOver: { readonly position: bigint; readonly effectsBefore: number } | null = null;

  constructor(private readonly only?: string) {}

  add(event: RecordedEvent): void {
    this.#events += 1;
    this.regionData.add(event);
    this.capabilities.add(event);
    if (isRedacted(event)) return;
    if (event.stream === regionDataStream) this.#addRegionData(event as RecordedEvent<RegionDataEvent>);
    else if (event.stream.startsWith('build-')) this.#addBuild(event as RecordedEvent<BuildEvent>);
    else if (event.stream.startsWith('release-')) this.#addRelease(event as RecordedEvent<ReleaseEvent>);
    else if (event.type === 'RegionDataCompiled') this.#addCompilation(event);
  }

  summary(): Summary {
    const wanted =
      this.only === undefined ? undefined : (this.regionData.internalName(this.only) ?? this.only);
    const builds = [...this.#builds.values()];
    const first =
      builds.find((b) => b.kind === 'first' && (wanted ?? b.region) === b.region) ??
      builds.find((b) => (wanted ?? b.region) === b.region);
    const region = first?.region ?? wanted ?? null;
    const state = region === null ? undefined : this.regionData.state.regions.get(region)?.all_regions.state;
    return {
      region: region === null ? null : this.regionData.publicName(region),
      state: state ?? null,
      releases: this.#releases,
      operations: this.#effects.size,
      capabilities: region === null ? 0 : this.capabilities.in(region).length,
      events: this.#events,
      seconds: first ? this.#seconds(first) : null,
      midBuild: first ? this.#midBuild(first) : null,
      kill: this.#kill(),
      edit: first ? this.#edit(first) : null,
    };
  }

  builds(): readonly BuildRecord[] {
    return [...this.#builds.values()];
  }

  #addRegionData(event: RecordedEvent<RegionDataEvent>): void {
    const { type, data, recordedAt, revision, position } = event as unknown as RegionDataEvent &
      RecordedEvent;
    if (!('region' in data)) return;
    if (type === 'RegionStateChanged') {
      if (data.to === 'Production' && !this.#production.has(data.region))
        this.#production.set(data.region, recordedAt);
      return;
    }
    this.#changes.push({ region: data.region, revision, position });
  }

  #addBuild(event: RecordedEvent<BuildEvent>): void {
    const record = buildAfter(this.#builds.get(event.data.build) ?? null, event);
    if (record) this.#builds.set(record.build, record);
  }

  #addCompilation(event: RecordedEvent): void {
    const { revision, flocks, recompiled, changed } = event.data as Extract<
      CompilationEvent,
      { readonly type: 'RegionDataCompiled' }
    >['data'];
    this.#compilations.push({ revision: BigInt(revision), flocks, recompiled, changed });
  }

  #addRelease(event: RecordedEvent<ReleaseEvent>): void {
    const { type, data, position } = event as unknown as ReleaseEvent & RecordedEvent;
    if (type === 'ReleaseSent') {
      if (!this.#isWanted(data.region)) return;
      this.#releases += 1;
      this.#buildOf.set(data.release, data.build);
    } else if (type === 'LeaseGranted') {
      if (this.#regional !== null && this.#regional !== data.regional)
        this.#takenOver ??= { position, effectsBefore: this.#effects.size };
      this.#regional = data.regional;
    } else if (type === 'OperationStarted') {
      this.#openKeys.set(data.key, this.#openKeys.get(data.key) ?? position);
      put(this.#begun, this.#buildOf.get(data.release), data.node, position);
    } else if (type === 'OperationSucceeded') {
      this.#openKeys.delete(data.key);
      if (!this.#isWanted(data.region)) return;
      const build = this.#buildOf.get(data.release) ?? '';
      put(this.#done, build, data.node, position, true);
      if (!effects.has(data.action)) return;
      if (this.#effects.has(data.key)) this.#twice += 1;
      const { region, node, action } = data;
      this.#effects.set(data.key, { region, node, build, action, position });
    } else if (type === 'OperationFailed' || type === 'OperationUncertain') {
      this.#openKeys.delete(data.key);
    }
  }

  #isWanted(region: string): boolean {
    return this.only === undefined || (this.regionData.internalName(this.only) ?? this.only) === region;
  }

  #seconds({ region, openedAt }: BuildRecord): number | null {
    const production = this.#production.get(region);
    if (production === undefined || production < openedAt.recordedAt) return null;
    return (Date.parse(production) - Date.parse(openedAt.recordedAt)) / 1000;
  }

  #midBuild(first: BuildRecord): Summary['midBuild'] {
    const end = first.endedAt?.position;
    const change = this.#changes.findLast(
      (c) =>
        c.region === first.region &&
        c.position > first.openedAt.position &&
        (end === undefined || c.position < end),
    );
    const compiled = change && this.#compilations.find((c) => c.revision >= change.revision);
    if (!compiled) return null;
    const merge = first.merges.find((m) => m.regionData >= change.revision);
    const at = merge?.position ?? change.position;
    const done = [...(this.#done.get(first.build) ?? [])].filter(([, position]) => position <= at);
    const begun = this.#begun.get(first.build);
    const redone = done.filter(([node]) => (begun?.get(node) ?? -1n) > at).length;
    return {
      recompiled: compiled.recompiled.length,
      flocks: compiled.flocks,
      equal: compiled.recompiled.length - compiled.changed.length,
      added: merge?.added ?? 0,
      removed: merge?.removed ?? 0,
      kept: done.length - redone,
      redone,
    };
  }

  #kill(): Summary['kill'] {
    if (!this.#takenOver) return null;
    const { position, effectsBefore } = this.#takenOver;
    const lost = [...this.#openKeys.values()].filter((begun) => begun < position).length;
    return { effectsBefore, lost, twice: this.#twice };
  }

  #edit(first: BuildRecord): Summary['edit'] {
    const update = [...this.#builds.values()].findLast(
      (b) => b.region === first.region && b.kind === 'update',
    );
    if (!update) return null;
    const after = first.endedAt?.position ?? -1n;
    const change = this.#changes.findLast(
      (c) =>
        c.region === first.region &&
        c.position > after &&
        c.revision <= (update.merges.at(-1)?.regionData ?? -1n),
    );
    const compiled = change && this.#compilations.find((c) => c.revision >= change.revision);
    const touched = new Map<string, OperationAction>();
    const standing = new Set<string>();
    for (const { region, node, build, action } of this.#effects.values()) {
      if (region !== first.region) continue;
      if (build === update.build) touched.set(node, action);
      if (action === 'delete') standing.delete(node);
      else standing.add(node);
    }
    const actions = [...touched.values()];
    return {
      recompiled: [...(compiled?.recompiled ?? [])].sort(),
      add: actions.filter((a) => a === 'create').length,
      change: actions.filter((a) => a === 'update' || a === 'replace').length,
      destroy: actions.filter((a) => a === 'delete').length,
      untouched: [...standing].filter((node) => !touched.has(node)).length,
    };
  }
}

function put(
  maps: Map<string, Map<string, bigint>>,
  build: string | undefined,
  node: string,
  position: bigint,
  keepFirst = false,
): void {
  if (build === undefined) return;
  const map = maps.get(build) ?? new Map<string, bigint>();
  maps.set(build, map);
  if (!keepFirst || !map.has(node)) map.set(node, position);
}
