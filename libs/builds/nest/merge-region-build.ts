import { Injectable } from '@nestjs/common';
import { BlobStore } from '#libs/blob-store';
import { BuildGraph } from '#libs/build-graph';
import { Aggregates } from '#libs/event-store';
import { FlockCatalogue } from '#libs/flocks/contract';
import { type CommandAnswer, type CommandContext, refuse, Refused } from '#libs/kernel';
import { type BuildVersions, type PlannedGraph } from '../contract/index.js';
import { buildAggregate } from '../domain/build-aggregate.js';
import { type BuildState, type Merge } from '../domain/build-decider.js';
import { mergedNodes } from '../domain/merged-nodes.js';
import { RegionPlanner, type RegionThen } from './region-planner.js';

/** Compiles the region again at the latest region data and merges the graph into the build that is open. */
@Injectable()
export class MergeRegionBuild {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly blobs: BlobStore,
    private readonly planner: RegionPlanner,
    private readonly flocks: FlockCatalogue,
  ) {}

  /**
   * `adopt` replaces the versions that the build has adopted. Refuses `build/unknown`; with `adopt` also `build/over` and
   * `version-set/unknown`, before anything is compiled.
   */
  async execute(
    command: {
      readonly build: string;
      readonly regionData?: string;
      readonly selection?: string;
      readonly adopt?: BuildVersions;
    },
    context: CommandContext,
  ): Promise<CommandAnswer> {
    const { state } = await this.aggregates.load(buildAggregate, command.build);
    if (!state.merge)
      throw new Refused(
        refuse('build/unknown', `there is no build ${command.build}`, {
          fix: 'list them with: cios build list',
        }),
      );
    if (command.adopt) await this.checkAdoption(state, command.adopt);
    const then = await this.planner.region(
      state.region,
      command.regionData === undefined ? undefined : BigInt(command.regionData),
    );
    const versions = command.adopt ?? state.merge.versions;
    const before = (await this.blobs.getJson(state.merge.graph)) as PlannedGraph;
    const stored = await this.planner.store(await this.planner.plan(then, versions));
    return this.aggregates.execute(
      buildAggregate,
      command.build,
      {
        type: 'MergeGraph',
        merge: mergeOf(then, versions, stored, BuildGraph.fromJson(before.actual)),
        ...(command.selection === undefined ? {} : { selection: command.selection }),
      },
      context,
    );
  }

  private async checkAdoption(build: BuildState, { target, vibe }: BuildVersions): Promise<void> {
    if (build.status !== 'open')
      throw new Refused(
        refuse('build/over', `build ${build.build} is ${build.status}, so it adopts nothing`, {
          fix: `start another one: cios build start ${build.region}`,
        }),
      );
    // A set that nobody made is not an empty one: it would take every node away.
    for (const ref of new Set([target, vibe]))
      if (ref && (await this.flocks.entries(ref)) === null)
        throw new Refused(
          refuse('version-set/unknown', `there is no version set ${ref.set}@${ref.revision}`, {
            fix: 'list them with: cios version-set list',
          }),
        );
  }
}

export function mergeOf(
  then: RegionThen,
  versions: BuildVersions,
  stored: { readonly graph: string; readonly planned: PlannedGraph },
  before: BuildGraph,
): Merge {
  return {
    regionData: String(then.revision),
    versions,
    graph: stored.graph,
    ...mergedNodes(before, BuildGraph.fromJson(stored.planned.actual)),
    blockedFlocks: stored.planned.blockedFlocks,
    facts: then.facts,
  };
}
