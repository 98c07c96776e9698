import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import { CapabilityRequest } from '#libs/capabilities/contract';
import { Aggregates } from '#libs/event-store';
import {
  type Executor,
  Executors,
  OperationAttemptFailed,
  type OperationPlan,
  Probes,
} from '#libs/executors/contract';
import { type CommandAnswer, type CommandContext, type Json } from '#libs/kernel';
import { type DesiredNode, operationKey, type RegionalCommand } from '../contract/index.js';
import { releaseAggregate } from '../domain/release-aggregate.js';
import { type ReleaseState } from '../domain/release-decider.js';
import { RegionalIdentity } from './regional-identity.js';

/** Attempts of one operation before a person is asked, and again after that person has it tried again. */
const maxAttempts = 5;
const nothing: CommandAnswer = { revision: -1n, position: -1n, repeated: false };

/**
 * The worker: carries out one attempt of one node. The intent is durable before anything is done, the result after; an attempt whose
 * result was lost is read back, or repeated under its key, or (an executor that can neither) handed to a person.
 */
@Injectable()
export class CarryOutNode {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly blobs: BlobStore,
    private readonly executors: Executors,
    private readonly probes: Probes,
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
    const operation = {
      release,
      node,
      key: operationKey(release, node, now.digest),
      attempt,
      epoch: state.lease!.epoch,
    };
    const step = (name: string): CommandContext => ({
      ...context,
      commandId: `${context.commandId}/${operation.epoch}/${name}`,
      causationId: context.commandId,
    });
    const execute = (c: Parameters<typeof releaseAggregate.decider.decide>[0], name: string) =>
      this.aggregates.execute(releaseAggregate, release, c, step(name));

    try {
      if (desired.publishes) {
        await execute({ type: 'StartOperation', ...operation, action: 'publish' }, 'start');
        const outputs = await this.publish(desired, release, step('publish'));
        return await execute(
          { type: 'SucceedOperation', ...operation, action: 'publish', outputs },
          'succeed',
        );
      }
      const executor = this.executors.get(desired.executor);
      if (!executor)
        throw new OperationAttemptFailed(
          `no executor ${desired.executor} here; there are: ${this.executors.names().join(', ')}`,
        );
      if (command.lost && !executor.isIdempotent && !executor.canRead)
        return await execute({ type: 'ReportUncertain', ...operation }, 'uncertain');
      const fresh = await this.plan(executor, desired);
      // A lost attempt goes on with what it set out to do: its effect may be there already, and still counts as its own.
      const plan = command.lost && now.action !== null ? { ...fresh, action: now.action } : fresh;
      await execute({ type: 'StartOperation', ...operation, action: plan.action }, 'start');
      const { outputs } = await executor.apply(plan, {
        key: operation.key,
        attempt,
        desired,
        signal: AbortSignal.timeout(operationDeadlineMs),
      });
      return await execute(
        { type: 'SucceedOperation', ...operation, action: plan.action, outputs },
        'succeed',
      );
    } catch (error) {
      if (!(error instanceof OperationAttemptFailed)) throw error;
      const retryAt = attempt % maxAttempts === 0 ? undefined : this.regional.retryAt(attempt % maxAttempts);
      await execute({ type: 'StartOperation', ...operation, action: now.action ?? 'none' }, 'start');
      return await execute(
        {
          type: 'FailOperation',
          ...operation,
          error: error.message,
          ...(retryAt === undefined ? {} : { retryAt }),
        },
        'fail',
      );
    }
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

  private async plan(executor: Executor, desired: DesiredNode): Promise<OperationPlan> {
    return executor.plan(desired, executor.canRead ? await executor.read(desired) : null);
  }

  /** Probes, then publishes: a capability whose probe fails is recorded as falsely published, and tried again. */
  private async publish(
    desired: DesiredNode,
    release: string,
    context: CommandContext,
  ): Promise<Readonly<Record<string, Json>>> {
    const { environment, name, partial, probe, publishers } = desired.publishes!;
    const { region, flock, target, node } = desired;
    const outputs = (desired.attributes['outputs'] ?? {}) as Readonly<Record<string, Json>>;
    const probeFailure = await this.probes.check(probe, { region, environment, name });
    await this.commands.execute(
      new CapabilityRequest(
        {
          type: 'PublishCapability',
          region,
          environment,
          name,
          partial,
          outputs,
          publishers,
          probeFailure,
          publisher: { kind: 'node', node, flock, target, release, through: 'worker' },
        },
        context,
      ),
    );
    if (probeFailure !== null)
      throw new OperationAttemptFailed(`the probe of ${name} fails: ${probeFailure}`);
    return outputs;
  }
}

/** Longest that one operation may take: 1 hour. */
const operationDeadlineMs = 3_600_000;
