import { Injectable } from '@nestjs/common';
import { BuildGraph } from '#libs/build-graph';
import { BlobStore } from '#libs/blob-store';
import { Aggregates, EventStore } from '#libs/event-store';
import { FlockCatalogue } from '#libs/flocks/contract';
import { type CommandAnswer, type CommandContext, refuse, Refused } from '#libs/kernel';
import { baselineNamed, buildStream, type PlannedGraph } from '../contract/index.js';
import { buildAggregate, buildId } from '../domain/build-aggregate.js';
import { type BuildState } from '../domain/build-decider.js';
import { Baselines } from './baselines.js';
import { flocksInError, RegionPlanner } from './region-planner.js';
import { mergeOf } from './merge-region-build.js';

export interface OpenedBuild extends CommandAnswer {
  readonly build: string;
  readonly region: string;
}

/**
 * Opens a region's next build: compile actual and forecast, analyse, and only then start. Refuses, among others, `build/active`,
 * `build/illegal-state`, `build/no-execution-targets`, `build/no-baseline`, `build/baseline-pending` and `build/findings` (errors that
 * must be mended first).
 */
@Injectable()
export class OpenRegionBuild {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly events: EventStore,
    private readonly flocks: FlockCatalogue,
    private readonly planner: RegionPlanner,
    private readonly blobs: BlobStore,
    private readonly baselines: Baselines,
  ) {}

  async execute(
    command: { readonly region: string; readonly reason: string },
    context: CommandContext,
  ): Promise<OpenedBuild> {
    const then = await this.planner.region(command.region);
    const { region } = then;
    const last = await this.lastBuild(region);
    if (last && (last.state.status === 'open' || last.state.status === 'concluding')) {
      const repeated = await this.wasOpenedBy(last.state.build, context.commandId);
      if (repeated) return { build: last.state.build, region, ...repeated };
      throw new Refused(
        refuse(
          'build/active',
          `build ${last.state.build} of ${then.entry.public_name} is ${last.state.status}`,
          {
            fix: `watch it with: cios build watch ${last.state.build}`,
            details: { build: last.state.build },
          },
        ),
      );
    }
    const { state } = then.facts;
    if (state === 'Paused' || state === 'Deprecated')
      throw new Refused(
        refuse(
          'build/illegal-state',
          `${then.entry.public_name} is ${state}; a build starts in none, Building or Production`,
          {
            fix:
              state === 'Paused'
                ? `resume it first: cios region resume ${then.entry.public_name}`
                : 'a deprecated region is not built any more',
          },
        ),
      );
    const places = then.document.execution_targets.filter(
      (t) => t.region === region || t.region === then.entry.public_name,
    );
    if (places.length === 0)
      throw new Refused(
        refuse(
          'build/no-execution-targets',
          `${then.entry.public_name} has no execution targets, so there is nowhere to build`,
          {
            fix: `add one: cios region add-target ${then.entry.public_name} NAME`,
          },
        ),
      );
    const named = then.all['baseline'];
    const ref = baselineNamed(named);
    const baseline = ref && (await this.baselines.of(region, ref));
    if (state === 'Production' && !last && named === undefined)
      throw new Refused(
        refuse(
          'build/no-baseline',
          `${then.entry.public_name} was adopted in ${state} and nothing says which versions stand there`,
          {
            fix: `name them: cios region edit ${then.entry.public_name} --set baseline=SET@REVISION`,
          },
        ),
      );

    if (ref && !last && !baseline)
      throw new Refused(
        refuse(
          'build/baseline-pending',
          `what ${ref.set}@${ref.revision} made of ${then.entry.public_name} was not taken as its baseline yet`,
          {
            fix: 'try again in a moment; if it stays so, that version set is not published or has errors',
          },
        ),
      );

    const selection = await this.flocks.selection();
    if (selection.golden === null)
      throw new Refused(
        refuse('build/no-golden-set', 'no version set is golden, so nothing says which versions to build', {
          fix: 'publish flocks and move golden: cios flock publish DIR --golden',
        }),
      );
    const versions = { target: selection.golden, vibe: selection.vibe ?? selection.golden };
    const planned = await this.planner.plan(then, versions);
    const errors = planned.findings.filter((f) => f.severity === 'error');
    const blocking = errors.filter((f) => f.kind !== 'deprecated-region');
    if (blocking.length > 0)
      throw new Refused(
        refuse(
          'build/findings',
          `${blocking.length} findings stand in the way of building ${then.entry.public_name}: ${blocking[0]!.message}`,
          {
            fix: blocking[0]!.fix,
            details: { findings: blocking, flocks: flocksInError(errors) },
          },
        ),
      );
    if (planned.united.nodes.length === 0)
      throw new Refused(
        refuse(
          'build/nothing-to-build',
          `no flock of ${selection.golden.set}@${selection.golden.revision} has a target in ${then.entry.public_name}`,
          {
            fix: 'look at what the flocks select: cios compile --explain',
          },
        ),
      );

    const number = (last?.state.number ?? 0) + 1;
    const build = buildId(region, number);
    const stored = await this.planner.store(planned);
    const before = last?.state.merge
      ? BuildGraph.fromJson(((await this.blobs.getJson(last.state.merge.graph)) as PlannedGraph).actual)
      : baseline
        ? BuildGraph.fromJson(baseline.graph)
        : BuildGraph.empty;
    const executed = await this.aggregates.execute(
      buildAggregate,
      build,
      {
        type: 'OpenBuild',
        build,
        region,
        number,
        kind: state === 'Production' ? 'update' : 'first',
        reason: command.reason,
        hostRegion: then.hostRegion,
        merge: mergeOf(then, versions, stored, before),
      },
      context,
    );
    return {
      build,
      region,
      revision: executed.revision,
      position: executed.position,
      repeated: executed.repeated,
    };
  }

  /** The build with the highest number, as its stream has it now. */
  async lastBuild(region: string): Promise<{ readonly state: BuildState } | null> {
    let last: { readonly state: BuildState } | null = null;
    for (let number = this.#known.get(region) ?? 1; ; number++) {
      const { state } = await this.aggregates.load(buildAggregate, buildId(region, number));
      if (state.status === 'absent') return last;
      last = { state };
      this.#known.set(region, number);
    }
  }

  readonly #known = new Map<string, number>();

  private async wasOpenedBy(build: string, commandId: string): Promise<CommandAnswer | null> {
    for await (const { metadata, revision, position } of this.events.readStream(buildStream(build), {
      limit: 1,
    }))
      if (metadata.commandId === commandId) return { revision, position, repeated: true };
    return null;
  }
}
