import { type Json } from '#libs/kernel';
import { type BuildGraphJson } from '#libs/build-graph';
import { type ResourceDependency } from '#libs/compilation/contract';

/** What a node's operation needs to know beyond its place in the graph. */
export interface NodePlan {
  readonly version: string;
  readonly type: string;
  readonly executor: string;
  /** Compiled digest. The current one also covers the outputs that the node reads (`currentDigest`). */
  readonly digest: string;
  /** Nodes (resources of the same target, or capabilities) whose outputs the attributes read, and at which path. */
  readonly outputsRead: readonly {
    readonly node: string;
    readonly from: ResourceDependency['address'];
    readonly path: string;
  }[];
  /** Only of a publication. */
  readonly publishes: {
    readonly capability: string;
    readonly environment: 'vibe' | 'target';
    readonly name: string;
    readonly partial: boolean;
    readonly publishers: readonly string[];
  } | null;
}

/** A capability of another region that somebody here waits for. */
export interface ExternalCapability {
  readonly node: string;
  readonly region: string;
  readonly environment: 'vibe' | 'target';
  readonly name: string;
}

/** Blob behind `BuildGraphMerged`: one region at one region-data revision. */
export interface PlannedGraph {
  readonly region: string;
  readonly regionData: string;
  /** What exists now: the only nodes that run. */
  readonly actual: BuildGraphJson;
  /** The same with the region as Building and available; null where that is the same. */
  readonly forecast: BuildGraphJson | null;
  /** By node id, of every operation of actual ∪ forecast; where both have it, the actual one. */
  readonly plans: Readonly<Record<string, NodePlan>>;
  /** By node id, release round from 1. */
  readonly rounds: Readonly<Record<string, number>>;
  /** Nodes that open the gates `connections` and `hardware`; empty: that gate is open. */
  readonly gates: { readonly connections: readonly string[]; readonly hardware: readonly string[] };
  readonly external: readonly ExternalCapability[];
  /** By node id, outputs of capabilities that were available when the plan was made; those that have none are left out. */
  readonly provided?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** Flock → blob of its actual `CompiledResources`. */
  readonly compiled: Readonly<Record<string, string>>;
  /** Flocks with errors now: their nodes stand at the last good result and hold up the completion. */
  readonly blockedFlocks: readonly string[];
}
