import {
  analyseBuild,
  BuildGraph,
  capabilityId,
  type Finding,
  type GraphNode,
  releases,
  union,
  withStateEdges,
} from '#libs/build-graph';
import { type CompiledRegion } from '#libs/compilation/contract';
import { hasErrors, type Json } from '#libs/kernel';
import { type NodePlan, type PlannedGraph } from '../contract/index.js';
import {
  assembleGraph,
  declaredCapabilities,
  gatesOf,
  type RegionSurroundings,
  withGates,
} from './assemble-graph.js';

export interface RegionPlan {
  /** All but `compiled`, which names blobs. */
  readonly plan: Omit<PlannedGraph, 'compiled'>;
  readonly actual: BuildGraph;
  /** Actual ∪ forecast, with the edges by which what only the forecast has waits for the region to turn Building. */
  readonly united: BuildGraph;
  readonly findings: readonly Finding[];
}

/**
 * From compiled flocks to what a build carries out, and what is wrong with it. Analysis, rounds and gates go by actual ∪ forecast,
 * so that they do not change with what happens to be done first; only the actual graph runs. O((V + E) log V).
 */
export function planRegion(input: {
  readonly actual: CompiledRegion;
  /** Null: in this state the forecast is the actual compilation. */
  readonly forecast: CompiledRegion | null;
  readonly surroundings: RegionSurroundings;
  /** The region is `none` and has a ViBE: its forecast waits for the ViBE's Regional and worker. */
  readonly waitsForVibe: boolean;
}): RegionPlan {
  const { surroundings } = input;
  const { region, regionData } = input.actual;
  const declared = declaredCapabilities(input.actual, input.forecast);
  const now = assembleGraph(input.actual, declared, surroundings);
  const later =
    input.forecast === null || input.forecast.digest === input.actual.digest
      ? now
      : assembleGraph(input.forecast, declared, surroundings);

  const bare = union(now.graph, later.graph);
  const gates = gatesOf(bare);
  const rounds: Record<string, number> = {};
  for (const release of releases(bare)) for (const node of release.nodes) rounds[node] = release.round;

  const actual = withGates(now.graph, gates.waits);
  const forecast = later === now ? actual : withGates(later.graph, gates.waits);
  const united = input.waitsForVibe
    ? withStateEdges(withGates(bare, gates.waits), actual, vibeStack(region, surroundings))
    : withGates(bare, gates.waits);

  const plans: Record<string, NodePlan> = {};
  for (const [id, plan] of [...later.plans, ...now.plans]) plans[id] = plan;
  const external = new Map([...later.external, ...now.external].map((e) => [e.node, e]));
  return {
    plan: {
      region,
      regionData,
      actual: actual.toJSON(),
      forecast: forecast === actual ? null : forecast.toJSON(),
      plans,
      rounds,
      gates: { connections: gates.connections, hardware: gates.hardware },
      external: [...external.values()],
      provided: providedOutputs(united, surroundings),
      blockedFlocks: input.actual.flocks.filter((f) => hasErrors(f.diagnostics)).map((f) => f.flock),
    },
    actual,
    united,
    findings: analyseBuild({
      actual,
      forecast,
      union: united,
      also: compilationFindings(input.actual, input.forecast),
    }),
  };
}

function providedOutputs(
  graph: BuildGraph,
  surroundings: RegionSurroundings,
): Readonly<Record<string, Readonly<Record<string, Json>>>> {
  const provided: Record<string, Readonly<Record<string, Json>>> = {};
  for (const { id, kind, available, region, environment, name } of graph.nodes) {
    if (kind !== 'capability' || !available) continue;
    const outputs = surroundings.outputsOf?.(region, environment as 'vibe' | 'target', name!);
    if (outputs && Object.keys(outputs).length > 0) provided[id] = outputs;
  }
  return provided;
}

/** The two capabilities of the ViBE by which MFO sees that the region can turn Building. */
function vibeStack(region: string, surroundings: RegionSurroundings): readonly GraphNode[] {
  return ['cios-regional', 'worker'].map((name) => ({
    id: capabilityId({ region, environment: 'vibe', name }),
    kind: 'capability',
    region,
    environment: 'vibe',
    flock: '',
    target: '',
    name,
    ...(surroundings.isProvided(region, 'vibe', name) ? { available: true } : {}),
  }));
}

/** Deprecated and hard-coded regions, which only the compiler sees, as findings. */
export function compilationFindings(...compiled: readonly (CompiledRegion | null)[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { flocks } of compiled.filter((c) => c !== null))
    for (const flock of flocks)
      for (const { code, severity, summary, detail, subject } of flock.diagnostics) {
        const kind = code?.split('/').at(-1);
        if (kind !== 'deprecated-region' && kind !== 'hard-coded-region') continue;
        findings.push({
          kind,
          severity,
          nodes: [],
          owners: flock.settings.owners,
          ranges: subject ? [subject] : [],
          message: `${flock.flock}: ${summary}`,
          fix: detail,
          flocks: [flock.flock],
        });
      }
  return findings;
}

/** Graph of the planned blob, as the engine's type. */
export function graphOf(plan: PlannedGraph): { readonly actual: BuildGraph; readonly united: BuildGraph } {
  const actual = BuildGraph.fromJson(plan.actual);
  return {
    actual,
    united: plan.forecast ? union(actual, BuildGraph.fromJson(plan.forecast)) : actual,
  };
}
