import { Injectable } from '@nestjs/common';
import { BlobStore } from '#libs/blob-store';
import { Aggregates, EventStore } from '#libs/event-store';
import { Executors } from '#libs/executors/contract';
import { type CommandAnswer, type CommandContext } from '#libs/kernel';
import {
  type RegionalCommand,
  type ReleaseContent,
  type ReleaseEvent,
  type ReleasePlan,
  releaseStream,
} from '../contract/index.js';
import { releaseAggregate } from '../domain/release-aggregate.js';
import { countOperations, planOperations } from '../worker/index.js';

/** Compares what a release wants with what is there, and records the plan; policy approves it where nobody has to. */
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
    const operations = await planOperations(content.nodes, sent, this.executors);
    const plan: ReleasePlan = { release, operations };
    return this.aggregates.execute(
      releaseAggregate,
      release,
      {
        type: 'PlanRelease',
        release,
        plan: await this.blobs.putJson(plan),
        ...countOperations(operations),
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
