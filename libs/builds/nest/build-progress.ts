import { Injectable } from '@nestjs/common';
import { BlobMissing, BlobStore } from '#libs/blob-store';
import { BuildGraph, type GraphNode, type FrontierCounts, Frontier, union } from '#libs/build-graph';
import { type NodeRow } from '#libs/releases/contract';
import { type PlannedGraph } from '../contract/index.js';
import { doneNodes } from '../domain/done-nodes.js';
import { AvailableOutputs } from './available-outputs.js';
import { RegionPlanner } from './region-planner.js';
import { StandingNodes } from './standing-nodes.js';

export interface ProgressNode {
  readonly node: string;
  readonly kind: string;
  readonly flock: string;
  readonly environment: string;
  readonly target: string;
  readonly address: string | null;
  readonly status: 'blocked' | 'ready' | 'expected' | NodeRow['status'];
  readonly round: number | null;
  /** What it waits for: predecessors and gates. */
  readonly waitsFor: readonly string[];
  readonly release: string | null;
  readonly error: string | null;
}

export interface BuildProgress {
  readonly counts: FrontierCounts & {
    readonly failed: number;
    /** Operations that only the forecast has so far. */
    readonly expected: number;
  };
  /** Made when it is asked for: O(V + E). */
  nodes(): readonly ProgressNode[];
}

/** A plan's graphs, ready for use. */
interface Prepared {
  readonly plan: PlannedGraph;
  readonly actual: BuildGraph;
  /** The actual graph as a frontier takes it: what was available when it was planned is not what is available now. */
  readonly bare: BuildGraph;
  /** actual ∪ forecast */
  readonly united: BuildGraph;
}

/** Graphs that are kept: a build that somebody watches is asked for again and again. */
const keptGraphs = 4;

/** How far a graph has come, from read models and blobs alone: what MFO knows, for queries. O(V + E) for each answer. */
@Injectable()
export class BuildProgressQuery {
  readonly #kept = new Map<string, Prepared>();

  constructor(
    private readonly blobs: BlobStore,
    private readonly standing: StandingNodes,
    private readonly available: AvailableOutputs,
    private readonly planner: RegionPlanner,
  ) {}

  async plannedGraph(digest: string): Promise<PlannedGraph> {
    const plan = (await this.blobs.getJson(digest)) as PlannedGraph | null;
    if (!plan) throw new BlobMissing(`graph ${digest} is not in the blob store`);
    return plan;
  }

  async of(graphDigest: string, after?: string): Promise<BuildProgress> {
    const { plan, actual, bare, united } = await this.#prepared(graphDigest);
    const standing = await this.standing.ofRegion(plan.region, after);
    const { rows } = standing;
    const available = await this.available.to(plan);
    const done = doneNodes(actual, plan, standing.record(available));
    const working = [...rows.values()].filter(isWorking);
    const frontier = new Frontier(bare, {
      done: [...done],
      started: working.map((r) => r.node),
      openGates: [],
    });
    for (const gate of ['connections', 'hardware'] as const)
      if (
        plan.gates[gate].every((id) =>
          gate === 'hardware' ? available.has(id) : actual.has(id) && frontier.isDone(id),
        )
      )
        frontier.openGate(gate);
    const { facts } = await this.planner.region(plan.region);
    if (facts.targetAvailable) frontier.openGate('target_available');

    const progress = (node: GraphNode): ProgressNode => {
      const isActual = actual.has(node.id);
      const row = rows.get(node.id);
      const why = isActual ? frontier.why(node.id) : null;
      const status =
        isActual && frontier.isDone(node.id)
          ? 'done'
          : isWorking(row)
            ? row.status
            : !isActual
              ? 'expected'
              : frontier.isReady(node.id)
                ? 'ready'
                : 'blocked';
      return {
        node: node.id,
        kind: node.kind,
        flock: node.flock,
        environment: node.environment,
        target: node.target,
        address: node.address ?? null,
        status,
        round: plan.rounds[node.id] ?? null,
        waitsFor: why ? [...why.predecessors, ...why.gates.map((g) => `gate:${g}`)] : [],
        release: row?.release || null,
        error: row?.error ?? null,
      };
    };
    return {
      counts: {
        ...frontier.counts,
        failed: working.filter((r) => r.status === 'failed' || r.status === 'uncertain').length,
        expected: united.nodes.filter(
          (n) => !actual.has(n.id) && n.id in plan.plans && !isWorking(rows.get(n.id)),
        ).length,
      },
      nodes: () => united.nodes.map(progress),
    };
  }

  async #prepared(digest: string): Promise<Prepared> {
    const kept = this.#kept.get(digest);
    if (kept) {
      this.#kept.delete(digest);
      this.#kept.set(digest, kept);
      return kept;
    }
    const plan = await this.plannedGraph(digest);
    const actual = BuildGraph.fromJson(plan.actual);
    const prepared: Prepared = {
      plan,
      actual,
      bare: new BuildGraph(
        actual.nodes.map(({ available: _, ...node }) => node),
        actual.edges,
      ),
      united: plan.forecast ? union(actual, BuildGraph.fromJson(plan.forecast)) : actual,
    };
    this.#kept.set(digest, prepared);
    if (this.#kept.size > keptGraphs) this.#kept.delete(this.#kept.keys().next().value!);
    return prepared;
  }
}

const isWorking = (row: NodeRow | undefined): row is NodeRow =>
  row !== undefined && row.status !== 'done' && row.status !== 'recalled';
