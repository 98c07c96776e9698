import { hasErrors, type Json } from '#libs/kernel';
import { type FlockCatalogue } from '#libs/flocks/contract';
import { forecastOf, type ChangedPath, type RegionDataHistory } from '#libs/region-data/contract';
import {
  RegionCompiler,
  type CompilationDetail,
  type CompiledRegion,
  type CompiledResources,
  type CompiledTargets,
  type RegionVersions,
} from '../contract/index.js';
import { attributesOf } from '../domain/compile-resource.js';
import { compileResources, targetEvaluation } from '../domain/compile-resources.js';
import { compileTargets, type TargetsCompilation } from '../domain/compile-targets.js';
import { compiledRegion } from '../domain/compiled-region.js';
import { Evaluation } from '../domain/evaluation.js';
import { fleetOf, type Fleet } from '../domain/fleet.js';
import { flockKey } from '../domain/selected-versions.js';
import { type CompilationLog } from './compilation-log.js';
import { FleetCompiler, type Advance, type LoadedVersions } from './fleet-compiler.js';
import { VersionLoader } from './version-loader.js';

/** What has been compiled and not yet recorded. */
export interface Unrecorded {
  readonly after: bigint;
  readonly revision: bigint;
  readonly upTo: bigint;
  readonly flocks: number;
  readonly recompiled: readonly string[];
  readonly changed: readonly string[];
  readonly regions: readonly string[];
  readonly touched: readonly string[];
  readonly detail: CompilationDetail;
}

interface Live {
  readonly compiler: FleetCompiler;
  /** Up to which it has compiled; may be ahead of what is recorded. */
  revision: bigint;
  selection: bigint;
  readonly watched: Map<string, RegionVersions>;
}

/** Compilations at past revisions looked back through for the last good result of a flock. */
const lookBack = 200;

/**
 * The compiler of an installation, current in memory and caught up on demand. After a restart it is restored by compiling at the
 * revision that was recorded last, for the regions that have builds. Calls are carried out one after the other.
 */
export class FleetCompilation extends RegionCompiler {
  private readonly versions: VersionLoader;
  private live: Live | null = null;
  private recordedRevision = -1n;
  private recordedSelection = -1n;
  /** Compiled since the last hand-out, and handed out but not known to be recorded. */
  private pending = nothing();
  private handedOut = nothing();
  private turn: Promise<unknown> = Promise.resolve();
  private readonly stages = new Map<
    string,
    { readonly compilation: TargetsCompilation; readonly fleet: Fleet }
  >();
  private readonly fleets = new Map<string, Fleet>();

  constructor(
    private readonly history: RegionDataHistory,
    catalogue: FlockCatalogue,
    private readonly log: CompilationLog,
  ) {
    super();
    this.versions = new VersionLoader(catalogue);
    this.catalogue = catalogue;
  }

  private readonly catalogue: FlockCatalogue;

  targets(): Promise<readonly CompiledTargets[]> {
    return this.inTurn(async () => (await this.restored()).compiler.targets());
  }

  region(
    region: string,
    {
      regionData,
      versions,
      forecast = false,
    }: { readonly regionData: bigint; readonly versions: RegionVersions; readonly forecast?: boolean },
  ): Promise<CompiledRegion> {
    return this.inTurn(async () => {
      const live = await this.restored();
      if (regionData > live.revision) await this.advanceTo(live, regionData);
      const loaded = await this.versions.load(await this.catalogue.selectionAt(live.selection), versions);
      if (regionData < live.revision) return this.past(region, regionData, loaded, forecast);
      live.watched.set(region, versions);
      live.compiler.watch(region, loaded, { forecast });
      return compiledRegion(region, String(regionData), live.compiler.region(region, forecast));
    });
  }

  async resolve(
    where: Parameters<RegionCompiler['resolve']>[0],
    outputs: ReadonlyMap<string, Json>,
  ): Promise<Readonly<Record<string, Json>>> {
    const { region, environment, flock, version, target: name, address } = where;
    const { compilation, fleet } = await this.stageOf(where);
    const target = compilation.result.targets.find(
      (t) => t.region === region && t.environment === environment && t.name === name,
    );
    const here = fleet.region(region);
    if (target === undefined || here === null)
      throw new Error(
        `flock ${flock}@${version} has no target ${name} in ${environment} of ${region} at revision ${where.regionData}`,
      );
    const regional = new Evaluation(
      compilation.evaluation.flock,
      {
        level: 'region',
        locals: new Map([
          ['region', here.region],
          ['realm', here.realm],
        ]),
      },
      compilation.evaluation,
    );
    const evaluation = targetEvaluation(regional, target, fleet, outputs);
    const block = evaluation.flock.blocks.get(address.replace(/\[[^[\]]*\]$|\["(?:[^"\\]|\\.)*"\]$/, ''));
    const instance = block && evaluation.instances(block).find((i) => i.address === address);
    if (instance === undefined)
      throw new Error(`flock ${flock}@${version} has no ${address} in target ${name}`);
    const { attributes, unknown, outputs: missing } = attributesOf(evaluation, instance);
    const { diagnostics } = evaluation.report();
    if (hasErrors(diagnostics))
      throw new Error(`${address}: ${diagnostics.find((d) => d.severity === 'error')!.detail}`);
    if (unknown && where.unknown !== 'stands')
      throw new Error(`${address} still waits for ${missing.map((m) => `${m.from}.${m.path}`).join(', ')}`);
    return attributes;
  }

  /** One flock, by identifier: stage 1, with a region also stage 2 there. Null where the version is not published or in use. */
  async flock(what: {
    readonly flock: string;
    readonly version?: string;
    readonly regionData: bigint;
    readonly region?: string;
    readonly forecast?: boolean;
  }): Promise<{ readonly targets: CompiledTargets; readonly resources?: CompiledResources | null } | null> {
    const { flock, region, regionData, forecast = false } = what;
    const selection = await this.catalogue.selection();
    const loaded = await this.versions.load(selection);
    const { selected } = loaded;
    const version = what.version ?? selected.inUse().find((v) => v.flock === flock)?.version;
    const parsed = version === undefined ? null : await this.versions.parsed(flock, version);
    if (version === undefined || parsed === null) return null;
    const fleet = await this.fleetAt(regionData, forecast && region !== undefined ? region : null);
    const { result, evaluation } = compileTargets(parsed, version, fleet);
    if (region === undefined) return { targets: result };
    const resources = compileResources({
      flock: parsed,
      version,
      region,
      fleet,
      phases: result.phases,
      targets: result.targets.filter((t) => t.region === region),
      artifacts(name, environment) {
        const named = selected.artifactAt(flock, name, region, environment);
        const found = named === null ? null : loaded.artifact(flock, name, named);
        return named === null || found === null ? null : { version: named, digest: found.digest };
      },
      fleetEvaluation: evaluation,
      alsoWrong: result.diagnostics,
    });
    return { targets: result, resources };
  }

  /** Everything that was compiled and not recorded, up to at least that revision. */
  compileRegionData(revision: bigint): Promise<Unrecorded> {
    return this.inTurn(async () => {
      const live = await this.restored();
      if (revision > live.revision)
        await this.advanceTo(live, (await this.history.current(revision)).revision);
      return this.unrecorded(live);
    });
  }

  /** Compiles what is selected by now, at the region data compiled last. */
  compileVersions(): Promise<Unrecorded> {
    return this.inTurn(async () => {
      const live = await this.restored();
      const selection = await this.catalogue.selection();
      if (selection.position > live.selection) {
        this.take(live.compiler.select(await this.versions.load(selection)));
        for (const [region, versions] of live.watched)
          this.take(live.compiler.watch(region, await this.versions.load(selection, versions)));
        live.selection = selection.position;
      }
      return this.unrecorded(live);
    });
  }

  /** What was handed out is in the log; what came meanwhile stays to be recorded. */
  recorded(compiled: Pick<Unrecorded, 'revision' | 'upTo'>): void {
    this.recordedRevision = compiled.revision;
    this.recordedSelection = compiled.upTo;
    this.handedOut = nothing();
  }

  /** Somebody else records too, or the log went another way: starts again from what it says. */
  forget(): void {
    this.live = null;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async restored(): Promise<Live> {
    if (this.live !== null) return this.live;
    const { revision, upTo } = await this.log.covered();
    const selection = await this.catalogue.selectionAt(upTo);
    const { document } = await this.history.at({ revision });
    const compiler = new FleetCompiler(fleetOf(document), await this.versions.load(selection));
    const watched = new Map(await this.log.builtRegions());
    for (const [region, versions] of watched)
      compiler.watch(region, await this.versions.load(selection, versions), { forecast: true });
    await this.restoreGood(compiler);
    this.recordedRevision = revision;
    this.recordedSelection = upTo;
    this.pending = nothing();
    this.handedOut = nothing();
    this.live = { compiler, revision, selection: upTo, watched };
    return this.live;
  }

  /** A flock that has errors stands at its last good result: it is found by compiling at former revisions. */
  private async restoreGood(compiler: FleetCompiler): Promise<void> {
    const broken = new Map(compiler.withoutGood().map((use) => [use.flock, use]));
    let left = lookBack;
    if (broken.size > 0)
      for await (const event of this.log.backwards()) {
        if (broken.size === 0 || left-- === 0) return;
        if (event.type !== 'RegionDataCompiled') continue;
        const { after, recompiled } = event.data as {
          readonly after: string;
          readonly recompiled: readonly string[];
        };
        const hit = recompiled.flatMap((flock) => broken.get(flock) ?? []);
        if (hit.length === 0 || after === '-1') continue;
        const fleet = await this.fleetAt(BigInt(after), null);
        for (const use of hit) {
          const { result } = compileTargets(use.parsed, use.version, fleet);
          if (hasErrors(result.diagnostics)) continue;
          compiler.standAt(use.key, result);
          broken.delete(use.flock);
        }
      }
  }

  private async advanceTo(live: Live, revision: bigint): Promise<void> {
    const [{ document }, changes] = await Promise.all([
      this.history.at({ revision }),
      this.history.changedPaths(live.revision, revision),
    ]);
    const advance = live.compiler.advance(fleetOf(document), changes);
    this.pending = together(this.pending, { ...outcomeOf(advance), touched: touchedRegions(changes) });
    live.revision = revision;
    for (const region of [...live.watched.keys()])
      if (!document.regions.some((r) => r.internal_name === region)) {
        live.watched.delete(region);
        live.compiler.unwatch(region);
      }
  }

  private take(advance: Advance): void {
    this.pending = together(this.pending, outcomeOf(advance));
  }

  private unrecorded(live: Live): Unrecorded {
    this.handedOut = together(this.handedOut, this.pending);
    this.pending = nothing();
    const { recompiled, changed, regions, touched } = this.handedOut;
    return {
      after: this.recordedRevision,
      revision: live.revision,
      upTo: live.selection,
      flocks: live.compiler.flockCount,
      recompiled: sorted(recompiled.map((r) => r.flock)),
      changed: sorted(changed),
      regions: sorted(regions),
      touched: sorted(touched),
      detail: { recompiled },
    };
  }

  /** A revision that the compiler has left behind: compiled by itself. O(flocks). */
  private async past(
    region: string,
    revision: bigint,
    versions: LoadedVersions,
    forecast: boolean,
  ): Promise<CompiledRegion> {
    const compiler = new FleetCompiler(await this.fleetAt(revision, null), versions);
    compiler.watch(region, versions, { forecast });
    return compiledRegion(region, String(revision), compiler.region(region, forecast));
  }

  private async stageOf(
    where: Parameters<RegionCompiler['resolve']>[0],
  ): Promise<{ readonly compilation: TargetsCompilation; readonly fleet: Fleet }> {
    const { flock, version, regionData } = where;
    const forecast = where.forecast === true ? where.region : null;
    const key = `${flockKey(flock, version)} ${regionData} ${forecast ?? ''}`;
    let stage = this.stages.get(key);
    if (stage === undefined) {
      const parsed = await this.versions.parsed(flock, version);
      if (parsed === null) throw new Error(`flock ${flock} has no version ${version}`);
      const fleet = await this.fleetAt(regionData, forecast);
      stage = { compilation: compileTargets(parsed, version, fleet), fleet };
      this.stages.set(key, stage);
      if (this.stages.size > 512) this.stages.delete(this.stages.keys().next().value!);
    }
    return stage;
  }

  private async fleetAt(revision: bigint, forecast: string | null): Promise<Fleet> {
    const key = `${revision} ${forecast ?? ''}`;
    let fleet = this.fleets.get(key);
    if (fleet === undefined) {
      const { document } = await this.history.at({ revision });
      fleet = fleetOf(forecast === null ? document : forecastOf(document, forecast));
      this.fleets.set(key, fleet);
      if (this.fleets.size > 16) this.fleets.delete(this.fleets.keys().next().value!);
    }
    return fleet;
  }
}

interface Pending {
  readonly recompiled: CompilationDetail['recompiled'];
  readonly changed: Iterable<string>;
  readonly regions: Iterable<string>;
  readonly touched: Iterable<string>;
}

const outcomeOf = ({ recompiled, changed, regions }: Advance): Pending => ({
  recompiled,
  changed,
  regions,
  touched: [],
});

const nothing = (): Pending => ({ recompiled: [], changed: [], regions: [], touched: [] });

function together(a: Pending, b: Pending): Pending {
  return {
    recompiled: [...a.recompiled, ...b.recompiled],
    changed: new Set([...a.changed, ...b.changed]),
    regions: new Set([...a.regions, ...b.regions]),
    touched: new Set([...a.touched, ...b.touched]),
  };
}

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();

/** Regions whose own entities were touched; what a realm's edit does to its regions is not theirs. */
function touchedRegions(changes: readonly ChangedPath[]): readonly string[] {
  return changes.flatMap(({ path, region }) =>
    region === undefined || path.startsWith('local.realm') ? [] : [region],
  );
}
