import { Injectable } from '@nestjs/common';
import { BlobStore } from '#libs/blob-store';
import { type Finding } from '#libs/build-graph';
import { AvailableCapabilities } from '#libs/capabilities/contract';
import { type CompiledRegion, RegionCompiler } from '#libs/compilation/contract';
import { type Json, refuse, Refused } from '#libs/kernel';
import {
  type AllRegionsEntry,
  type RegionDataDocument,
  RegionDataHistory,
  type RegionDataVersion,
  type RegionEntry,
} from '#libs/region-data/contract';
import { type BuildVersions, type PlannedGraph, type RegionFacts } from '../contract/index.js';
import { planRegion, type RegionPlan } from '../domain/plan-region.js';

/** A region as region data have it at one revision. */
export interface RegionThen {
  readonly region: string;
  readonly entry: RegionEntry;
  readonly all: AllRegionsEntry;
  readonly hostRegion: string | null;
  readonly revision: bigint;
  readonly document: RegionDataDocument;
  readonly facts: RegionFacts;
}

/** Compiles a region, actual and forecast, and plans it. Reads only; `store` makes the plan durable before an event names it. */
@Injectable()
export class RegionPlanner {
  constructor(
    private readonly history: RegionDataHistory,
    private readonly compiler: RegionCompiler,
    private readonly capabilities: AvailableCapabilities,
    private readonly blobs: BlobStore,
  ) {}

  /** Either name. Refuses `region/unknown`. */
  async region(name: string, atLeast?: bigint): Promise<RegionThen> {
    return regionIn(await this.history.current(atLeast), name);
  }

  /** As it was at a revision. */
  async regionAt(name: string, revision: bigint): Promise<RegionThen> {
    return regionIn(await this.history.at({ revision }), name);
  }

  async plan(
    then: RegionThen,
    versions: BuildVersions,
  ): Promise<RegionPlan & { readonly compiled: CompiledRegion }> {
    const at = { regionData: then.revision, versions };
    const actual = await this.compiler.region(then.region, at);
    const { state } = then.facts;
    const forecast =
      state === 'none' || state === 'Building'
        ? await this.compiler.region(then.region, { ...at, forecast: true })
        : null;
    const provided = new Map<string, ReadonlyMap<string, Readonly<Record<string, Json>>>>();
    for (const region of regionsNeeded(then, actual, forecast))
      provided.set(region, await this.capabilities.outputsIn(region));
    const plan = planRegion({
      actual,
      forecast,
      waitsForVibe: state === 'none' && then.hostRegion !== null,
      surroundings: {
        hostRegion: then.hostRegion,
        isProvided: (region, environment, name) =>
          provided.get(region)?.has(`${environment}/${name}`) === true,
        outputsOf: (region, environment, name) => provided.get(region)?.get(`${environment}/${name}`),
      },
    });
    return { ...plan, compiled: actual };
  }

  /** Every flock's compiled result, then the graph that names them. Returns the graph's digest and what it says. */
  async store(
    plan: RegionPlan & { readonly compiled: CompiledRegion },
  ): Promise<{ readonly graph: string; readonly planned: PlannedGraph }> {
    const compiled: Record<string, string> = {};
    await Promise.all(
      plan.compiled.flocks.map(async (flock) => {
        compiled[flock.flock] = await this.blobs.putJson(flock);
      }),
    );
    const blockedFlocks = [...new Set([...plan.plan.blockedFlocks, ...flocksInError(plan.findings)])].sort();
    const planned: PlannedGraph = { ...plan.plan, blockedFlocks, compiled };
    return { graph: await this.blobs.putJson(planned), planned };
  }
}

export function flocksInError(findings: readonly Finding[]): readonly string[] {
  return findings.filter((f) => f.severity === 'error').flatMap((f) => f.flocks ?? []);
}

export function internalName(document: RegionDataDocument, name: string): string | undefined {
  return document.regions.find((r) => r.internal_name === name || r.public_name === name)?.internal_name;
}

function regionIn({ document, revision, beside }: RegionDataVersion, name: string): RegionThen {
  const internal = internalName(document, name);
  const entry = document.regions.find((r) => r.internal_name === internal);
  const all = document.all_regions.find((r) => r.name === entry?.public_name);
  if (!entry || !all)
    throw new Refused(
      refuse('region/unknown', `there is no region ${name}`, { fix: 'list them with: cios region list' }),
    );
  const vibe = document.vibes.find((v) => v.id === all.ViBE_region);
  const region = entry.internal_name;
  return {
    region,
    entry,
    all,
    hostRegion: vibe ? (internalName(document, vibe.host_region) ?? vibe.host_region) : null,
    revision,
    document,
    facts: {
      state: all.state,
      targetAvailable: all.target_available,
      held: beside.heldRegions.has(region),
    },
  };
}

function regionsNeeded(
  then: RegionThen,
  ...compiled: readonly (CompiledRegion | null)[]
): ReadonlySet<string> {
  const regions = new Set([then.region]);
  if (then.hostRegion !== null) regions.add(then.hostRegion);
  for (const { flocks } of compiled.filter((c) => c !== null))
    for (const { targets } of flocks)
      for (const { resources } of targets)
        for (const { needs } of resources)
          for (const need of needs) if (need.region !== null) regions.add(need.region);
  return regions;
}
