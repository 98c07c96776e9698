import { Injectable } from '@nestjs/common';
import { BlobStore } from '#libs/blob-store';
import { FlockCatalogue } from '#libs/flocks/contract';
import { type Json } from '#libs/kernel';
import { type DesiredNode } from '#libs/releases/contract';
import { type BuildVersions } from '../contract/index.js';
import { BuildGraph } from '#libs/build-graph';
import { doneNodes } from '../domain/done-nodes.js';
import { attributeChanges, type AttributeDifference } from '../domain/attribute-changes.js';
import { OpenRegionBuild } from './open-region-build.js';
import { RegionPlanner } from './region-planner.js';
import { AvailableOutputs } from './available-outputs.js';
import { StandingNodes } from './standing-nodes.js';

export interface PlannedOperation {
  readonly node: string;
  readonly address: string;
  readonly flock: string;
  readonly environment: string;
  readonly target: string;
  readonly action: 'create' | 'update';
  readonly changes: readonly AttributeDifference[];
}

/**
 * What a build started now would do, as far as the forecast tells: desired against done. Nothing is deleted without a plan that
 * says so.
 */
export interface DesiredAgainstDone {
  readonly region: string;
  readonly regionData: string;
  readonly add: number;
  readonly change: number;
  readonly destroy: 0;
  /** Operations that are done at what is desired. */
  readonly untouched: number;
  /** Done once, and no longer declared: shown, never touched. */
  readonly detached: readonly string[];
  readonly operations: readonly PlannedOperation[];
}

/** Plans a region at the latest region data without opening a build. O(V + E). */
@Injectable()
export class RegionPlanQuery {
  constructor(
    private readonly planner: RegionPlanner,
    private readonly builds: OpenRegionBuild,
    private readonly flocks: FlockCatalogue,
    private readonly standing: StandingNodes,
    private readonly blobs: BlobStore,
    private readonly available: AvailableOutputs,
  ) {}

  async versions(region: string): Promise<BuildVersions> {
    const last = await this.builds.lastBuild(region);
    if (last?.state.status === 'open' && last.state.merge) return last.state.merge.versions;
    const { golden, vibe } = await this.flocks.selection();
    return { target: golden, vibe: vibe ?? golden };
  }

  async of(name: string, after?: string): Promise<DesiredAgainstDone> {
    const then = await this.planner.region(name);
    const planned = await this.planner.plan(then, await this.versions(then.region));
    const standing = await this.standing.ofRegion(then.region, after);
    const { rows, baseline } = standing;
    const available = await this.available.to(planned.plan);
    const { united } = planned;
    const actual = BuildGraph.fromJson(planned.plan.actual);
    const done = doneNodes(actual, { ...planned.plan, compiled: {} }, standing.record(available));
    const attributes = new Map<string, Readonly<Record<string, Json>>>();
    for (const { targets, flock } of planned.compiled.flocks)
      for (const { target, resources } of targets)
        for (const resource of resources)
          attributes.set(
            `${target.environment}\n${flock}\n${target.name}\n${resource.address}`,
            resource.attributes,
          );

    const operations: PlannedOperation[] = [];
    let untouched = 0;
    for (const node of united.nodes) {
      if (node.kind !== 'resource' && node.kind !== 'provisional') continue;
      const row = rows.get(node.id);
      const { flock, environment, target, address = '' } = node;
      const wanted = attributes.get(`${environment}\n${flock}\n${target}\n${address}`) ?? {};
      const place = { node: node.id, address, flock, environment, target };
      if (done.has(node.id)) untouched++;
      else if (row?.digest == null) operations.push({ ...place, action: 'create', changes: [] });
      else {
        const before =
          row.current === null
            ? baseline?.nodes[node.id]
            : ((await this.blobs.getJson(row.current)) as DesiredNode);
        const changes = attributeChanges(before?.attributes ?? {}, wanted);
        // It waits for outputs that may prove equal: then nothing is done.
        if (changes.length === 0) untouched++;
        else operations.push({ ...place, action: 'update', changes });
      }
    }
    return {
      region: then.region,
      regionData: planned.plan.regionData,
      add: operations.filter((o) => o.action === 'create').length,
      change: operations.filter((o) => o.action === 'update').length,
      destroy: 0,
      untouched,
      detached: [...rows.values()].filter((r) => r.digest !== null && !united.has(r.node)).map((r) => r.node),
      operations,
    };
  }
}
