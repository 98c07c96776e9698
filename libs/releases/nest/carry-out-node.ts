import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import { CapabilityRequest } from '#libs/capabilities/contract';
import { Aggregates } from '#libs/event-store';
import { Executors, Probes } from '#libs/executors/contract';
import { type CommandAnswer, type CommandContext } from '#libs/kernel';
import {
  type DesiredNode,
  operationKey,
  type RegionalCommand,
  type ReleaseCommand,
} from '../contract/index.js';
import { releaseAggregate } from '../domain/release-aggregate.js';
import { type ReleaseState } from '../domain/release-decider.js';
import { carryOut, publicationOf, retryAfter } from '../worker/index.js';
import { RegionalIdentity } from './regional-identity.js';

const nothing: CommandAnswer = { revision: -1n, position: -1n, repeated: false };

/** A worker in the process that holds the stores: carries out one attempt of one node under a lease of this very process. */
@Injectable()
export class CarryOutNode {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly blobs: BlobStore,
    readonly executors: Executors,
    readonly probes: Probes,
    private readonly commands: CommandBus,
    @Inject(RegionalIdentity) private readonly regional: RegionalIdentity,
  ) {}

  async execute(
    command: Extract<RegionalCommand, { readonly type: 'CarryOutNode' }>,
    context: CommandContext,
  ): Promise<CommandAnswer> {
    const { release, node, attempt } = command;
    const state = await this.leased(release, context);
    const now = state.nodes.get(node);
    if (!now || (now.status !== 'dispatched' && now.status !== 'started')) return nothing;
    const desired = (await this.blobs.getJson(now.desired)) as DesiredNode;
    const key = operationKey(release, node, now.digest);
    const operation = { release, node, key, attempt, epoch: state.lease!.epoch };
    const step = (name: string): CommandContext => ({
      ...context,
      commandId: `${context.commandId}/${operation.epoch}/${name}`,
      causationId: context.commandId,
    });
    let answer = nothing;
    const execute = async (what: ReleaseCommand, name: string): Promise<void> => {
      answer = await this.aggregates.execute(releaseAggregate, release, what, step(name));
    };
    await carryOut(
      { key, attempt, lost: command.lost, action: now.action, desired },
      this,
      {
        start: (action) => execute({ type: 'StartOperation', ...operation, action }, 'start'),
        succeed: (action, outputs) =>
          execute({ type: 'SucceedOperation', ...operation, action, outputs }, 'succeed'),
        fail: (error) => {
          const after = retryAfter(attempt);
          const retryAt = after === null ? {} : { retryAt: new Date(Date.now() + after).toISOString() };
          return execute({ type: 'FailOperation', ...operation, error, ...retryAt }, 'fail');
        },
        uncertain: () =>
          execute({ type: 'ReportUncertain', release, node, key, epoch: operation.epoch }, 'uncertain'),
        publish: (probeFailure) =>
          this.commands.execute(
            new CapabilityRequest(publicationOf(desired, release, probeFailure), step('publish')),
          ),
      },
      AbortSignal.timeout(operationDeadlineMs),
    );
    return answer;
  }

  /** The release's state with a lease of this very process: whoever held it before can record nothing any more. */
  private async leased(release: string, context: CommandContext): Promise<ReleaseState> {
    const { state } = await this.aggregates.load(releaseAggregate, release);
    if (state.lease?.regional === this.regional.name) return state;
    await this.aggregates.execute(
      releaseAggregate,
      release,
      { type: 'GrantLease', release, regional: this.regional.name },
      { ...context, commandId: `${context.commandId}/lease/${this.regional.name}` },
    );
    return (await this.aggregates.load(releaseAggregate, release)).state;
  }
}

/** Longest that one operation may take: 1 hour. */
const operationDeadlineMs = 3_600_000;
