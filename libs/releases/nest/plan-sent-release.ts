import { Injectable } from '@nestjs/common';
import { BlobStore } from '#libs/blob-store';
import { Aggregates, EventStore } from '#libs/event-store';
import { Executors } from '#libs/executors/contract';
import { type CommandAnswer, type CommandContext } from '#libs/kernel';
import {
  type DesiredNode,
  type OperationAction,
  type RegionalCommand,
  type ReleaseContent,
  type ReleaseEvent,
  type ReleasePlan,
  releaseStream,
} from '../contract/index.js';
import { releaseAggregate } from '../domain/release-aggregate.js';

/** Compares what a release wants with what is there, node by node, and records the plan; policy approves it where nobody has to. */
@Injectable()
export class PlanSentRelease {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly events: EventStore,
    private readonly blobs: BlobStore,
    private readonly executors: Executors,
  ) {}

  async execute(
    { release }: Extract<RegionalCommand, { readonly type: 'PlanSentRelease' }>,
    context: CommandContext,
  ): Promise<CommandAnswer> {
    const sent = await this.sent(release);
    const content = (await this.blobs.getJson(sent.content)) as ReleaseContent;
    const operations = await Promise.all(
      content.nodes.map(async (node): Promise<ReleasePlan['operations'][number]> => {
        if (node.type === 'capability')
          return { node: node.node, address: node.address, action: 'publish', changes: [] };
        const executor = this.executors.get(node.executor);
        const { region, environment, flock, version, target } = sent;
        const desired: DesiredNode = {
          ...node,
          region,
          environment,
          flock,
          version,
          target,
          artifact: null,
          publishes: null,
        };
        const actual = executor?.canRead ? await executor.read(desired) : null;
        const plan = await executor?.plan(desired, actual);
        return {
          node: node.node,
          address: node.address,
          action: plan?.action ?? 'create',
          changes: plan?.changes ?? [],
        };
      }),
    );
    const plan: ReleasePlan = { release, operations };
    const count = (...actions: OperationAction[]) =>
      operations.filter((o) => actions.includes(o.action)).length;
    return this.aggregates.execute(
      releaseAggregate,
      release,
      {
        type: 'PlanRelease',
        release,
        plan: await this.blobs.putJson(plan),
        add: count('create'),
        change: count('update', 'replace'),
        destroy: count('delete'),
        none: count('none'),
      },
      context,
    );
  }

  private async sent(release: string): Promise<Extract<ReleaseEvent, { type: 'ReleaseSent' }>['data']> {
    for await (const event of this.events.readStream(releaseStream(release), { limit: 1 }))
      return event.data as Extract<ReleaseEvent, { type: 'ReleaseSent' }>['data'];
    throw new Error(`release ${release} has no stream`);
  }
}
