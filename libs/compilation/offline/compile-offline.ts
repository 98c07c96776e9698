import { digestOf, sha256, type Diagnostic } from '#libs/kernel';
import { compareText } from '#libs/hcl';
import { forecastOf, type RegionDataDocument } from '#libs/region-data/contract';
import { type CompiledRegion, type CompiledResources, type CompiledTargets } from '../contract/index.js';
import { compiledRegion } from '../domain/compiled-region.js';
import { compileResources } from '../domain/compile-resources.js';
import { compileTargets, type TargetsCompilation } from '../domain/compile-targets.js';
import { explainTargets, type TargetsExplained } from '../domain/explain-targets.js';
import { fleetOf, type Fleet, type FleetRegion } from '../domain/fleet.js';
import { parseFlock } from '../domain/parse-flock.js';
import { type ParsedFlock } from '../domain/parsed-flock.js';

/** A flock as it lies in a folder. */
export interface OfflineFlock {
  /** Its name, as far as it is known before it is parsed: of its block, else of its folder. */
  readonly name: string;
  /** Paths below the flock's folder; ranges in diagnostics say `prefix` + path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Shown before paths in diagnostics: `flocks/dns/`. */
  readonly prefix?: string;
  /** Artifacts beside the config: name → digest of the bytes. */
  readonly artifacts?: ReadonlyMap<string, string>;
}

export interface OfflineInput {
  readonly regionData: RegionDataDocument;
  readonly flocks: readonly OfflineFlock[];
  /** By either name; without it stage 1 only. */
  readonly region?: string;
  readonly lenient?: boolean;
}

/** One flock as `cios compile --json` prints it. */
export interface OfflineResult {
  readonly name: string;
  readonly digest: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly reads: readonly string[];
  readonly targets: readonly {
    readonly name: string;
    /** Public name. */
    readonly region: string;
    readonly phase: string | null;
    readonly environment: string;
  }[];
  /** Only with a region. */
  readonly resources?: readonly {
    readonly address: string;
    readonly target: string;
    readonly type: string;
    readonly dependsOn: readonly string[];
    readonly needs: readonly string[];
    readonly publishes: readonly string[];
  }[];
}

export interface OfflineCompilation {
  readonly flocks: readonly OfflineResult[];
  /** Stage 1, in the same order. */
  readonly targets: readonly CompiledTargets[];
  /** Only with a region: what exists now, and what will once it is Building and available (the same object where that is so). */
  readonly actual?: CompiledRegion;
  readonly forecast?: CompiledRegion;
}

/** The region that was asked for is not in the region data. */
export class UnknownRegion extends Error {
  override readonly name = 'UnknownRegion';
  constructor(
    readonly region: string,
    readonly known: readonly string[],
  ) {
    super(`region data has no region "${region}"`);
  }
}

/**
 * Compiles flocks from files alone, without a store: for authors, continuous integration and `cios graph`. Pure. Artifacts
 * that lie nowhere count as unpublished and are no error here. Throws `UnknownRegion`.
 */
export function compileOffline(input: OfflineInput): OfflineCompilation {
  const fleet = fleetOf(input.regionData);
  if (input.region !== undefined) regionOf(fleet, input.region);
  const compiler = new OfflineCompiler(input, fleet);
  const { targets } = compiler;
  if (input.region === undefined) return { flocks: targets.map((t) => shown(t, fleet)), targets };
  const { flocks, actual, forecast } = compiler.region(input.region);
  return { flocks: targets.map((t, i) => shown(t, fleet, flocks[i])), targets, actual, forecast };
}

/** Each flock with its text parsed; two of one name are complained about. */
export function parseFlocks({ flocks, lenient = false }: Pick<OfflineInput, 'flocks' | 'lenient'>): readonly {
  readonly flock: OfflineFlock;
  readonly parsed: ParsedFlock;
}[] {
  const parsed = flocks.map((flock) => ({
    flock,
    parsed: parseFlock(flock.files, {
      lenient,
      name: flock.name,
      ...(flock.prefix === undefined ? {} : { prefix: flock.prefix }),
    }),
  }));
  complainOfNamesakes(parsed);
  return parsed;
}

/** Flocks parsed, and stage 1 compiled, once; stage 2 region by region on demand. */
export class OfflineCompiler {
  /** Stage 1, in the order of the input. */
  readonly targets: readonly CompiledTargets[];
  /** In the order of the input. */
  readonly parsed: readonly ParsedFlock[];
  readonly #stage1: readonly {
    readonly flock: OfflineFlock;
    readonly parsed: ParsedFlock;
    readonly compilation: TargetsCompilation;
  }[];

  constructor(
    private readonly input: Omit<OfflineInput, 'region'>,
    private readonly fleet: Fleet = fleetOf(input.regionData),
  ) {
    const parsed = parseFlocks(input);
    this.parsed = parsed.map((p) => p.parsed);
    this.#stage1 = parsed.map((p) => ({ ...p, compilation: compileTargets(p.parsed, 'local', fleet) }));
    this.targets = this.#stage1.map((s) => s.compilation.result);
  }

  /** Why each flock has its targets, in the order of the input. */
  explain(): readonly TargetsExplained[] {
    return this.#stage1.map(({ parsed, compilation }) => {
      const { flock, blocks } = explainTargets(parsed, compilation);
      return {
        flock,
        blocks: blocks.map(({ targets, ...block }) => ({
          ...block,
          targets: targets.map((t) => ({ ...t, region: publicNameIn(this.fleet, t.region) })),
        })),
      };
    });
  }

  /** By either name. `flocks` are in the order of the input, with targets there or not. Throws `UnknownRegion`. */
  region(name: string): {
    readonly flocks: readonly CompiledResources[];
    readonly actual: CompiledRegion;
    readonly forecast: CompiledRegion;
  } {
    const { internalName } = regionOf(this.fleet, name);
    const flocks = this.#stage1.map((s) => resourcesOf(s, s.compilation, internalName, this.fleet));
    const actual = compiledRegion(internalName, '-1', flocks.filter(hasTargets));
    const later = forecastOf(this.input.regionData, internalName);
    if (later === this.input.regionData) return { flocks, actual, forecast: actual };
    const laterFleet = fleetOf(later);
    const then = this.#stage1.map((s) =>
      resourcesOf(s, compileTargets(s.parsed, 'local', laterFleet), internalName, laterFleet),
    );
    return { flocks, actual, forecast: compiledRegion(internalName, '-1', then.filter(hasTargets)) };
  }
}

function regionOf(fleet: Fleet, name: string): FleetRegion {
  const region = fleet.regions.get(name);
  if (region) return region;
  throw new UnknownRegion(name, [...new Set([...fleet.regions.values()].map((r) => r.publicName))]);
}

const hasTargets = (flock: CompiledResources): boolean =>
  flock.targets.length > 0 || flock.diagnostics.some((d) => d.severity === 'error');

function resourcesOf(
  { flock, parsed }: { readonly flock: OfflineFlock; readonly parsed: ParsedFlock },
  { result, evaluation }: TargetsCompilation,
  region: string,
  fleet: Fleet,
): CompiledResources {
  return compileResources({
    flock: parsed,
    version: 'local',
    region,
    fleet,
    phases: result.phases,
    targets: result.targets.filter((t) => t.region === region),
    artifacts: (name) => ({ version: 'local', digest: flock.artifacts?.get(name) ?? sha256('') }),
    fleetEvaluation: evaluation,
    alsoWrong: result.diagnostics,
  });
}

function complainOfNamesakes(flocks: { readonly flock: OfflineFlock; parsed: ParsedFlock }[]): void {
  const first = new Map<string, OfflineFlock>();
  for (const entry of flocks) {
    const { name } = entry.parsed;
    const namesake = first.get(name);
    if (namesake === undefined) {
      first.set(name, entry.flock);
      continue;
    }
    entry.parsed = {
      ...entry.parsed,
      compiles: false,
      diagnostics: [
        ...entry.parsed.diagnostics,
        {
          severity: 'error',
          code: 'flock/duplicate-flock',
          summary: 'Two flocks of one name',
          detail: `Flock "${name}" also lies in ${namesake.prefix ?? 'another folder'}. Rename one of them.`,
        },
      ],
    };
  }
}

/** People know regions by their public names. */
const publicNameIn = (fleet: Fleet, internal: string): string =>
  fleet.regions.get(internal)?.publicName ?? internal;

function shown(targets: CompiledTargets, fleet: Fleet, resources?: CompiledResources): OfflineResult {
  const base = {
    name: targets.flock,
    digest: resources === undefined ? targets.digest : digestOf([targets.digest, resources.digest]),
    diagnostics: resources?.diagnostics ?? targets.diagnostics,
    reads:
      resources === undefined
        ? targets.reads
        : [...new Set([...targets.reads, ...resources.reads])].sort(compareText),
    targets: targets.targets.map((t) => ({
      name: t.name,
      region: publicNameIn(fleet, t.region),
      phase: t.phase,
      environment: t.environment,
    })),
  };
  if (resources === undefined) return base;
  return {
    ...base,
    resources: resources.targets.flatMap(({ target, resources: each }) =>
      each.map((r) => ({
        address: r.address,
        target: target.name,
        type: r.type,
        dependsOn: [...new Set(r.dependsOn.map((d) => d.address))],
        needs: r.needs.map((n) => n.name),
        publishes: r.publishes === null ? [] : [r.publishes.name],
      })),
    ),
  };
}
