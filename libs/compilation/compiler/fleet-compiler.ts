import { hasErrors } from '#libs/kernel';
import { forecastOf, type ChangedPath } from '#libs/region-data/contract';
import {
  type CompilationDetail,
  type CompiledResources,
  type CompiledTarget,
  type CompiledTargets,
} from '../contract/index.js';
import { compileResources } from '../domain/compile-resources.js';
import { compileTargets, fleetEvaluation, type TargetsOptions } from '../domain/compile-targets.js';
import { type Evaluation } from '../domain/evaluation.js';
import { fleetOf, type Fleet } from '../domain/fleet.js';
import { keepResources, keepTargets } from '../domain/last-good.js';
import { type ParsedFlock } from '../domain/parsed-flock.js';
import { isRegional, PathIndex } from '../domain/path-index.js';
import { type SelectedVersions } from '../domain/selected-versions.js';

export interface FlockInUse {
  /** `dns@1.2` */
  readonly key: string;
  readonly flock: string;
  readonly version: string;
  readonly parsed: ParsedFlock;
}

/** Versions with what they consist of, loaded: compiling waits for nothing. */
export interface LoadedVersions {
  readonly selected: SelectedVersions;
  /** By key, in the order of results. */
  readonly flocks: ReadonlyMap<string, FlockInUse>;
  artifact(flock: string, artifact: string, version: string): { readonly digest: string } | null;
}

/** What an advance did: what was evaluated again and why, what differs, and where. */
export interface Advance {
  readonly recompiled: CompilationDetail['recompiled'];
  /** Names of flocks whose result differs. */
  readonly changed: ReadonlySet<string>;
  /** Internal names of regions whose result differs. */
  readonly regions: ReadonlySet<string>;
}

/** Stage 1 of one version; of a forecast, only what it has in that region. */
interface TargetsUnit {
  readonly kind: 'targets';
  readonly use: FlockInUse;
  /** Region of a forecast; null: the fleet as it is. */
  readonly forecast: string | null;
  result: CompiledTargets;
  good: CompiledTargets | null;
}

/** Stage 2 of one version in one watched region. */
interface ResourcesUnit {
  readonly kind: 'resources';
  readonly use: FlockInUse;
  readonly region: string;
  readonly forecast: boolean;
  /** Digest of the targets that it was compiled for. */
  result: CompiledResources;
  good: CompiledResources | null;
}

interface View {
  readonly targets: Map<string, TargetsUnit>;
  readonly resources: Map<string, ResourcesUnit>;
}

interface Watched {
  versions: LoadedVersions;
  readonly actual: View;
  /** Null where it is the same as the actual one, or nobody asked. */
  forecast: View | null;
  wantsForecast: boolean;
}

/**
 * Keeps the compiled results of a fleet current. Holds stage 1 of every version in use, and both stages, with the forecast, of
 * watched regions; a change evaluates exactly the units that read one of its paths, and an equal result goes no further. A
 * flock with errors keeps its last good result. In memory only, and a function of region data and versions: it is built again
 * by compiling. Synchronous and fast: O(readers of the change).
 */
export class FleetCompiler {
  private fleet: Fleet;
  private versions: LoadedVersions;
  private readonly base = new Map<string, TargetsUnit>();
  private readonly watched = new Map<string, Watched>();
  private readonly index = new PathIndex<TargetsUnit | ResourcesUnit>();
  /** Fleets of forecasts of the current document. */
  private forecasts: { readonly document: object | null; readonly byRegion: Map<string, Fleet> } = {
    document: null,
    byRegion: new Map(),
  };

  constructor(fleet: Fleet, versions: LoadedVersions) {
    this.fleet = fleet;
    this.versions = versions;
    for (const use of versions.flocks.values()) this.compileBase(use);
  }

  get currentFleet(): Fleet {
    return this.fleet;
  }

  get flockCount(): number {
    return new Set([...this.versions.flocks.values()].map((f) => f.flock)).size;
  }

  watchedRegions(): readonly string[] {
    return [...this.watched.keys()];
  }

  /** Stage 1 of every flock in use: only targets whose region and environment select the version. */
  targets(): readonly CompiledTargets[] {
    return [...this.versions.flocks.keys()].map((key) => {
      const { result, use } = this.base.get(key)!;
      const { selected } = this.versions;
      const kept = result.targets.filter(
        (t) => selected.versionAt(use.flock, t.region, t.environment) === use.version,
      );
      return kept.length === result.targets.length ? result : { ...result, targets: kept };
    });
  }

  /** Compiles the region unless that is done, and keeps it current from now on. */
  watch(region: string, versions: LoadedVersions, options: { readonly forecast?: boolean } = {}): Advance {
    const outcome = new Outcome();
    let watched = this.watched.get(region);
    if (watched === undefined) {
      watched = {
        versions,
        actual: { targets: new Map(), resources: new Map() },
        forecast: null,
        wantsForecast: false,
      };
      this.watched.set(region, watched);
      this.compileWatched(region, watched, outcome);
    } else if (watched.versions !== versions) {
      watched.versions = versions;
      this.compileWatched(region, watched, outcome);
      this.dropUnused();
    }
    if (options.forecast === true && !watched.wantsForecast) {
      watched.wantsForecast = true;
      this.compileForecast(region, watched, outcome);
    }
    return outcome;
  }

  /** Forgets what is compiled of a region; nothing where it is not watched. */
  unwatch(region: string): void {
    const watched = this.watched.get(region);
    if (watched === undefined) return;
    this.dropForecast(watched);
    for (const unit of watched.actual.resources.values()) this.index.set(unit, []);
    this.watched.delete(region);
    this.dropUnused();
  }

  /** What is compiled of a watched region. */
  region(region: string, forecast: boolean): readonly CompiledResources[] {
    const watched = this.watched.get(region);
    if (watched === undefined) throw new Error(`region ${region} is not watched`);
    const view = forecast ? (watched.forecast ?? watched.actual) : watched.actual;
    return [...view.resources.values()]
      .map((u) => u.result)
      .sort((a, b) => (a.flock === b.flock ? compare(a.version, b.version) : compare(a.flock, b.flock)));
  }

  /** Region data moved on, touching these paths. */
  advance(fleet: Fleet, changes: readonly ChangedPath[]): Advance {
    const outcome = new Outcome();
    const hits = this.readersOf(changes);
    const former = this.fleet;
    this.fleet = fleet;
    // Resources see the public name in `local.execution_target.region`, whatever they read of region data.
    const renamed = new Set(
      this.watchedRegions().filter(
        (r) => former.regions.get(r)?.publicName !== fleet.regions.get(r)?.publicName,
      ),
    );
    const others = [...this.watched].filter(([region]) => !renamed.has(region));
    const forecasts = new Map<string, { readonly view: View; readonly fleet: Fleet }>();
    for (const [region, { forecast: view }] of others) {
      const forecast = view === null ? null : this.forecastFleet(region);
      if (view !== null && forecast !== null) forecasts.set(region, { view, fleet: forecast });
    }
    // Flock by flock: what was evaluated of one is at hand for all regions, and then let go.
    for (const [key, hit] of hitsByFlock(hits)) {
      const { regions, evaluation } =
        hit.base === undefined
          ? { regions: nowhere, evaluation: undefined }
          : this.recompileBase(this.base.get(key)!, hit.base, outcome);
      let kept = evaluation;
      const actual = (): Evaluation => (kept ??= fleetEvaluation(this.base.get(key)!.use.parsed, fleet));
      for (const [region, watched] of others) {
        const known = watched.actual.resources.get(key);
        const moved = regions.has(region);
        const reads = moved ? [] : known && hit.units.get(known);
        if (reads !== undefined)
          this.compileResourcesOf(region, watched, watched.actual, key, reads, outcome, {
            fleet,
            evaluation,
          });
        const forecast = forecasts.get(region);
        if (forecast !== undefined)
          this.advanceForecast(region, watched, key, hit, moved, outcome, { ...forecast, actual });
      }
    }
    for (const region of renamed) this.compileWatched(region, this.watched.get(region)!, outcome);
    for (const [region, watched] of others)
      if (watched.wantsForecast && !forecasts.has(region)) {
        const existed = watched.forecast !== null;
        this.compileForecast(region, watched, outcome);
        if (existed !== (watched.forecast !== null)) outcome.regions.add(region);
      }
    return outcome;
  }

  /** Other versions are selected, at the same region data. */
  select(versions: LoadedVersions): Advance {
    const outcome = new Outcome();
    const former = this.versions;
    this.versions = versions;
    for (const [key, use] of former.flocks) {
      if (versions.flocks.has(key)) continue;
      outcome.changed.add(use.flock);
      for (const target of this.base.get(key)!.result.targets) outcome.regions.add(target.region);
    }
    this.dropUnused();
    for (const [key, use] of versions.flocks) {
      if (former.flocks.has(key)) {
        const unit = this.base.get(key)!;
        for (const target of unit.result.targets)
          if (
            former.selected.versionAt(use.flock, target.region, target.environment) !==
            versions.selected.versionAt(use.flock, target.region, target.environment)
          ) {
            outcome.changed.add(use.flock);
            outcome.regions.add(target.region);
          }
        continue;
      }
      const unit = this.base.get(key) ?? this.compileBase(use);
      outcome.add(unit, []);
      outcome.changed.add(use.flock);
      for (const target of unit.result.targets) outcome.regions.add(target.region);
    }
    return outcome;
  }

  /** Versions in use that have errors now and no good result to stand at. */
  withoutGood(): readonly FlockInUse[] {
    return [...this.base.values()].filter((u) => u.good === null && u.use.parsed.compiles).map((u) => u.use);
  }

  /** The last good result of a version that has errors, as a former compilation had it. */
  standAt(key: string, good: CompiledTargets): void {
    const unit = this.base.get(key);
    if (unit === undefined || unit.good !== null) return;
    unit.good = good;
    unit.result = keepTargets(unit.result, good);
    for (const [region, watched] of this.watched)
      this.compileResourcesOf(region, watched, watched.actual, key, [], new Outcome());
  }

  private readersOf(changes: readonly ChangedPath[]): Map<TargetsUnit | ResourcesUnit, string[]> {
    const hits = new Map<TargetsUnit | ResourcesUnit, string[]>();
    for (const change of changes) {
      const regional = isRegional(change);
      for (const [unit, paths] of this.index.readersOf(change.path)) {
        if (
          regional &&
          change.region !== undefined &&
          (unit.kind !== 'resources' || unit.region !== change.region)
        )
          continue;
        const known = hits.get(unit);
        if (known === undefined) hits.set(unit, [...paths]);
        else for (const path of paths) if (!known.includes(path)) known.push(path);
      }
    }
    return hits;
  }

  /** Forgets stage 1 of versions that are neither selected nor used by a watched region. */
  private dropUnused(): void {
    const used = [this.versions, ...[...this.watched.values()].map((w) => w.versions)];
    for (const [key, unit] of this.base)
      if (!used.some(({ flocks }) => flocks.has(key))) {
        this.base.delete(key);
        this.index.set(unit, []);
      }
  }

  private compileBase(use: FlockInUse): TargetsUnit {
    const { result } = compileTargets(use.parsed, use.version, this.fleet);
    const unit: TargetsUnit = {
      kind: 'targets',
      use,
      forecast: null,
      result,
      good: hasErrors(result.diagnostics) ? null : result,
    };
    this.base.set(use.key, unit);
    this.index.set(unit, result.reads);
    return unit;
  }

  /** The regions in which the result differs. */
  private recompileBase(
    unit: TargetsUnit,
    reads: readonly string[],
    outcome: Outcome,
  ): { readonly regions: ReadonlySet<string>; readonly evaluation: Evaluation } {
    const before = unit.result;
    const evaluation = this.evaluateTargets(unit, this.fleet);
    outcome.add(unit, reads);
    if (before.digest === unit.result.digest) return { regions: new Set(), evaluation };
    outcome.changed.add(unit.use.flock);
    const regions = differingRegions(before, unit.result);
    for (const region of regions) outcome.regions.add(region);
    return { regions, evaluation };
  }

  private evaluateTargets(unit: TargetsUnit, fleet: Fleet, options?: TargetsOptions): Evaluation {
    const { result: now, evaluation } = compileTargets(unit.use.parsed, unit.use.version, fleet, options);
    unit.result = keepTargets(now, unit.good);
    if (!hasErrors(now.diagnostics)) unit.good = now;
    this.index.set(unit, unit.result.reads);
    return evaluation;
  }

  private compileWatched(region: string, watched: Watched, outcome: Outcome): void {
    for (const use of watched.versions.flocks.values()) if (!this.base.has(use.key)) this.compileBase(use);
    for (const [key, unit] of watched.actual.resources)
      if (!watched.versions.flocks.has(key)) this.dropResources(watched.actual, unit, outcome);
    for (const key of watched.versions.flocks.keys())
      this.compileResourcesOf(region, watched, watched.actual, key, [], outcome);
    if (watched.wantsForecast) this.compileForecast(region, watched, outcome);
  }

  private compileForecast(region: string, watched: Watched, outcome: Outcome): void {
    this.dropForecast(watched);
    const fleet = this.forecastFleet(region);
    if (fleet === null) return;
    watched.forecast = { targets: new Map(), resources: new Map() };
    for (const use of watched.versions.flocks.values()) {
      const evaluation = this.forecastTargets(region, watched.forecast, use, fleet, [], outcome, () =>
        fleetEvaluation(use.parsed, this.fleet),
      );
      this.compileResourcesOf(region, watched, watched.forecast, use.key, [], outcome, { fleet, evaluation });
    }
  }

  /** Flocks whose targets do not depend on the region's state have the same ones in the forecast; only the others are evaluated. */
  private forecastTargets(
    region: string,
    view: View,
    use: FlockInUse,
    fleet: Fleet,
    reads: readonly string[],
    outcome: Outcome,
    actual: () => Evaluation,
  ): Evaluation | undefined {
    const former = view.targets.get(use.key);
    if (former !== undefined) this.index.set(former, []);
    view.targets.delete(use.key);
    const base = this.base.get(use.key)!;
    if (!base.result.reads.some(dependsOnForecast)) return undefined;
    const good = base.good && { ...base.good, targets: base.good.targets.filter((t) => t.region === region) };
    const unit: TargetsUnit = { kind: 'targets', use, forecast: region, result: base.result, good };
    const evaluation = this.evaluateTargets(unit, fleet, {
      only: region,
      like: { result: base.result, evaluation: actual() },
    });
    outcome.add(unit, reads);
    view.targets.set(use.key, unit);
    return evaluation;
  }

  /** One version in the forecast of a region; `moved`: its actual targets there differ. */
  private advanceForecast(
    region: string,
    watched: Watched,
    key: string,
    hit: FlockHits,
    moved: boolean,
    outcome: Outcome,
    {
      view,
      fleet,
      actual,
    }: { readonly view: View; readonly fleet: Fleet; readonly actual: () => Evaluation },
  ): void {
    const use = watched.versions.flocks.get(key);
    if (use === undefined) return;
    const former = view.targets.get(key);
    const own = former === undefined ? undefined : hit.units.get(former);
    const known = view.resources.get(key);
    const reads = known === undefined ? undefined : hit.units.get(known);
    if (hit.base === undefined && own === undefined) {
      if (reads !== undefined) this.compileResourcesOf(region, watched, view, key, reads, outcome, { fleet });
      return;
    }
    const read = [...new Set([...(hit.base ?? []), ...(own ?? [])])];
    const before = former?.result;
    const evaluation = this.forecastTargets(region, view, use, fleet, read, outcome, actual);
    const now = view.targets.get(key)?.result;
    const same =
      before === undefined || now === undefined
        ? before === now && !moved
        : before.digest === now.digest || !differsIn(region, before, now);
    if (!same || reads !== undefined)
      this.compileResourcesOf(region, watched, view, key, reads ?? [], outcome, { fleet, evaluation });
  }

  private forecastFleet(region: string): Fleet | null {
    const { document } = this.fleet;
    const forecast = forecastOf(document, region);
    if (forecast === document) return null;
    if (this.forecasts.document !== document) this.forecasts = { document, byRegion: new Map() };
    let fleet = this.forecasts.byRegion.get(region);
    if (fleet === undefined) this.forecasts.byRegion.set(region, (fleet = fleetOf(forecast)));
    return fleet;
  }

  private compileResourcesOf(
    region: string,
    watched: Watched,
    view: View,
    key: string,
    reads: readonly string[],
    outcome: Outcome,
    on: { readonly fleet: Fleet; readonly evaluation?: Evaluation | undefined } = { fleet: this.fleet },
  ): void {
    const forecast = view !== watched.actual;
    const use = watched.versions.flocks.get(key);
    const known = view.resources.get(key);
    if (use === undefined) return;
    const stage1 = (forecast ? view.targets.get(key) : undefined)?.result ?? this.base.get(key)!.result;
    const { selected } = watched.versions;
    const targets = stage1.targets.filter(
      (t) => t.region === region && selected.versionAt(use.flock, region, t.environment) === use.version,
    );
    if (targets.length === 0) {
      if (known !== undefined) this.dropResources(view, known, outcome);
      return;
    }
    const now = compileResources({
      flock: use.parsed,
      version: use.version,
      region,
      fleet: on.fleet,
      phases: stage1.phases,
      targets,
      artifacts: artifactsOf(watched.versions, use, region),
      ...(on.evaluation && { fleetEvaluation: on.evaluation }),
      // Errors of stage 1 are errors of the flock here too.
      alsoWrong: stage1.diagnostics,
    });
    const unit: ResourcesUnit = known ?? {
      kind: 'resources',
      use,
      region,
      forecast,
      result: now,
      good: null,
    };
    const before = known?.result.digest;
    unit.result = keepResources(now, unit.good);
    if (!hasErrors(now.diagnostics)) unit.good = now;
    view.resources.set(key, unit);
    this.index.set(unit, unit.result.reads);
    outcome.add(unit, reads);
    if (before === unit.result.digest) return;
    outcome.changed.add(use.flock);
    outcome.regions.add(region);
  }

  private dropResources(view: View, unit: ResourcesUnit, outcome: Outcome): void {
    view.resources.delete(unit.use.key);
    this.index.set(unit, []);
    outcome.changed.add(unit.use.flock);
    outcome.regions.add(unit.region);
  }

  private dropForecast(watched: Watched): void {
    for (const unit of watched.forecast?.targets.values() ?? []) this.index.set(unit, []);
    for (const unit of watched.forecast?.resources.values() ?? []) this.index.set(unit, []);
    watched.forecast = null;
  }
}

/** What a change hit of one version. */
interface FlockHits {
  /** Paths that stage 1 had read, where it was hit. */
  base?: readonly string[];
  /** The same of all other units. */
  readonly units: Map<TargetsUnit | ResourcesUnit, readonly string[]>;
}

function hitsByFlock(
  hits: ReadonlyMap<TargetsUnit | ResourcesUnit, readonly string[]>,
): ReadonlyMap<string, FlockHits> {
  const byFlock = new Map<string, FlockHits>();
  for (const [unit, reads] of hits) {
    const hit: FlockHits = byFlock.get(unit.use.key) ?? { units: new Map() };
    byFlock.set(unit.use.key, hit);
    if (unit.kind === 'targets' && unit.forecast === null) hit.base = reads;
    else hit.units.set(unit, reads);
  }
  return byFlock;
}

const nowhere: ReadonlySet<string> = new Set();

class Outcome implements Advance {
  readonly changed = new Set<string>();
  readonly regions = new Set<string>();
  private readonly rows = new Map<TargetsUnit | ResourcesUnit, readonly string[]>();

  add(unit: TargetsUnit | ResourcesUnit, reads: readonly string[]): void {
    this.rows.set(unit, reads);
  }

  get recompiled(): CompilationDetail['recompiled'] {
    return [...this.rows].map(([unit, reads]) => ({
      flock: unit.use.flock,
      version: unit.use.version,
      reads,
      stage: unit.kind,
      ...(unit.kind === 'resources'
        ? { region: unit.region }
        : unit.forecast === null
          ? {}
          : { region: unit.forecast }),
      digest: unit.result.digest,
      errors: unit.result.diagnostics.filter((d) => d.severity === 'error').length,
    }));
  }
}

const forecastPaths = /^local\.all_regions\[\*\](?:$|\.state|\.target_available)/;
const dependsOnForecast = (path: string): boolean => forecastPaths.test(path);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Regions whose targets, or the phases that these are in, differ. O(targets). */
function differingRegions(before: CompiledTargets, after: CompiledTargets): ReadonlySet<string> {
  const old = targetsByRegion(before);
  const now = targetsByRegion(after);
  const all = new Set([...old.keys(), ...now.keys()]);
  if (sharedOf(before) !== sharedOf(after)) return all;
  return new Set([...all].filter((region) => old.get(region) !== now.get(region)));
}

/** The same of forecasts, which have targets in one region only. */
const differsIn = (region: string, before: CompiledTargets, after: CompiledTargets): boolean =>
  sharedOf(before) !== sharedOf(after) ||
  targetsByRegion(before).get(region) !== targetsByRegion(after).get(region);

function targetsByRegion({ targets }: CompiledTargets): ReadonlyMap<string, string> {
  const byRegion = new Map<string, string>();
  for (const { range: _, ...target } of targets)
    byRegion.set(
      target.region,
      `${byRegion.get(target.region) ?? ''}${JSON.stringify(target satisfies Omit<CompiledTarget, 'range'>)}`,
    );
  return byRegion;
}

const sharedOf = ({ settings, phases, diagnostics }: CompiledTargets): string =>
  JSON.stringify([settings, phases, diagnostics]);

function artifactsOf(versions: LoadedVersions, use: FlockInUse, region: string) {
  return (artifact: string, environment: 'vibe' | 'target') => {
    const version = versions.selected.artifactAt(use.flock, artifact, region, environment);
    const found = version === null ? null : versions.artifact(use.flock, artifact, version);
    return version === null || found === null ? null : { version, digest: found.digest };
  };
}
