import { Injectable } from '@nestjs/common';
import { BlobMissing, BlobStore } from '#libs/blob-store';
import { BuildGraph, type FrontierCounts, Frontier, union } from '#libs/build-graph';
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
  readonly nodes: readonly ProgressNode[];
}

/** How far a graph has come, from read models and blobs alone: what MFO knows, for queries. O(V + E) for each answer. */
@Injectable()
export class BuildProgressQuery {
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
    const plan = await this.plannedGraph(graphDigest);
    const standing = await this.standing.ofRegion(plan.region, after);
    const { rows } = standing;
    const actual = BuildGraph.fromJson(plan.actual);
    const available = await this.available.to(plan);
    const done = doneNodes(actual, plan, standing.record(available));
    const working = [...rows.values()].filter((r) => r.status !== 'done' && r.status !== 'recalled');
    const frontier = new Frontier(
      new BuildGraph(
        actual.nodes.map(({ available: _, ...node }) => node),
        actual.edges,
      ),
      { done: [...done], started: working.map((r) => r.node), openGates: [] },
    );
    for (const gate of ['connections', 'hardware'] as const)
      if (
        plan.gates[gate].every((id) =>
          gate === 'hardware' ? available.has(id) : actual.has(id) && frontier.isDone(id),
        )
      )
        frontier.openGate(gate);
    const { facts } = await this.planner.region(plan.region);
    if (facts.targetAvailable) frontier.openGate('target_available');

    const united = plan.forecast ? union(actual, BuildGraph.fromJson(plan.forecast)) : actual;
    const nodes = united.nodes.map((node): ProgressNode => {
      const isActual = actual.has(node.id);
      const row = rows.get(node.id);
      const why = isActual ? frontier.why(node.id) : null;
      const status =
        isActual && frontier.isDone(node.id)
          ? 'done'
          : row && row.status !== 'done' && row.status !== 'recalled'
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
    });
    return {
      counts: {
        ...frontier.counts,
        failed: working.filter((r) => r.status === 'failed' || r.status === 'uncertain').length,
        expected: nodes.filter((n) => n.status === 'expected' && n.node in plan.plans).length,
      },
      nodes,
    };
  }
}
