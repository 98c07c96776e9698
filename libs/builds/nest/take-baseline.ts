import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import { CapabilityRequest } from '#libs/capabilities/contract';
import { RegionCompiler } from '#libs/compilation/contract';
import { Aggregates, EventStore } from '#libs/event-store';
import { FlockCatalogue } from '#libs/flocks/contract';
import { type CommandAnswer, type CommandContext, refuse, Refused } from '#libs/kernel';
import { regionDataStream } from '#libs/region-data/contract';
import { type Baseline, BaselineRequest, type BuildVersions } from '../contract/index.js';
import { baselineAggregate } from '../domain/baseline-aggregate.js';
import { baselineOf, publishedIn } from '../domain/baseline-of.js';
import { type NodeRecord, outputsRead } from '../domain/done-nodes.js';
import { AvailableOutputs } from './available-outputs.js';
import { OpenRegionBuild } from './open-region-build.js';
import { part } from './part-of-command.js';
import { RegionPlanner } from './region-planner.js';

type Planned = Awaited<ReturnType<RegionPlanner['plan']>>;

/**
 * Takes what a version set makes of an adopted region as done: compiled at the region data that name it, published, recorded. Refuses
 * `baseline/unknown-set` and `baseline/flock-errors`; both are tried again when a version set is published.
 */
@CommandHandler(BaselineRequest)
export class TakeBaseline implements ICommandHandler<BaselineRequest, CommandAnswer> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly events: EventStore,
    private readonly blobs: BlobStore,
    private readonly flocks: FlockCatalogue,
    private readonly compiler: RegionCompiler,
    private readonly planner: RegionPlanner,
    private readonly available: AvailableOutputs,
    private readonly builds: OpenRegionBuild,
    private readonly commands: CommandBus,
  ) {}

  async execute({ command, context }: BaselineRequest): Promise<CommandAnswer> {
    const { region, baseline } = command;
    if (!(await this.flocks.entries(baseline)))
      throw new Refused(
        refuse(
          'baseline/unknown-set',
          `${region} names ${baseline.set}@${baseline.revision} as its baseline, and there is no such version set`,
          { fix: 'publish the flocks that stand there, and that revision of the set' },
        ),
      );
    const then = await this.planner.regionAt(region, await this.endOfChange(BigInt(command.regionData)));
    const versions: BuildVersions = { target: baseline, vibe: baseline };
    const planned = await this.planner.plan(then, versions);
    const broken = planned.plan.blockedFlocks;
    if (broken.length > 0)
      throw new Refused(
        refuse(
          'baseline/flock-errors',
          `what stands in ${region} is not known: ${broken.join(', ')} of ${baseline.set}@${baseline.revision} do not compile there`,
          { fix: `look at the errors: cios flock compiled ${broken[0]!}`, details: { flocks: broken } },
        ),
      );
    await this.publish(region, planned, context);
    const content = await this.content(planned, then.revision);
    const taken = await this.aggregates.execute(
      baselineAggregate,
      region,
      {
        type: 'RecordBaseline',
        region,
        baseline,
        regionData: String(then.revision),
        nodes: await this.blobs.putJson(content),
        count: Object.keys(content.nodes).length,
        isBuilt: (await this.builds.lastBuild(region)) !== null,
      },
      context,
    );
    // From now on a change of what these flocks read concerns the region.
    await this.planner.plan(await this.planner.region(region), versions);
    return { revision: taken.revision, position: taken.position, repeated: taken.repeated };
  }

  /** Attributes are completed with what is known of the outputs that they read. */
  private async content(planned: Planned, regionData: bigint): Promise<Baseline> {
    const { plan, compiled } = planned;
    const available = await this.available.to(plan);
    const baseline = baselineOf(planned, compiled, available);
    const record: NodeRecord = {
      result: (id) => (id in baseline.nodes ? { digest: '', outputs: {}, supplied: null } : undefined),
      capability: (id) => available.get(id),
      baseline,
    };
    const nodes = { ...baseline.nodes };
    for (const { id, flock, target, address, environment } of plan.actual.nodes) {
      const node = nodes[id];
      const outputs = node && outputsRead(plan.plans[id]!, record);
      if (!outputs || Object.keys(outputs).length === 0) continue;
      const attributes = await this.compiler.resolve(
        {
          region: compiled.region,
          environment: environment as 'vibe' | 'target',
          flock,
          version: plan.plans[id]!.version,
          target,
          address: address!,
          regionData,
          unknown: 'stands',
        },
        new Map(Object.entries(outputs)),
      );
      nodes[id] = { ...node, attributes };
    }
    return { ...baseline, nodes };
  }

  private async publish(region: string, { compiled }: Planned, context: CommandContext): Promise<void> {
    const capabilities = publishedIn(compiled);
    if (capabilities.length === 0) return;
    await this.commands.execute(
      new CapabilityRequest(
        { type: 'AdoptCapabilities', region, capabilities },
        part(context, 'capabilities'),
      ),
    );
  }

  /** Revision of the last event of the command that wrote this one: an import names a baseline before it adds the region's targets. */
  private async endOfChange(revision: bigint): Promise<bigint> {
    let [commandId, last] = ['', revision];
    for await (const event of this.events.readStream(regionDataStream, { from: revision })) {
      if (event.revision === revision) commandId = event.metadata.commandId;
      if (event.metadata.commandId !== commandId) break;
      last = event.revision;
    }
    return last;
  }
}
