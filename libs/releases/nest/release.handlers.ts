import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates } from '#libs/event-store';
import { type CommandAnswer } from '#libs/kernel';
import { RegionalRequest, ReleaseRequest } from '../contract/index.js';
import { releaseAggregate } from '../domain/release-aggregate.js';
import { CarryOutNode } from './carry-out-node.js';
import { PlanSentRelease } from './plan-sent-release.js';

@CommandHandler(ReleaseRequest)
export class ReleaseHandler implements ICommandHandler<ReleaseRequest, CommandAnswer> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ command, context }: ReleaseRequest): Promise<CommandAnswer> {
    return this.aggregates.execute(releaseAggregate, command.release, command, context);
  }
}

/** What a Regional's saga asks for. */
@CommandHandler(RegionalRequest)
export class RegionalHandler implements ICommandHandler<RegionalRequest, CommandAnswer> {
  constructor(
    private readonly plan: PlanSentRelease,
    private readonly carryOut: CarryOutNode,
  ) {}

  async execute({ command, context }: RegionalRequest): Promise<CommandAnswer> {
    return command.type === 'PlanSentRelease'
      ? this.plan.execute(command, context)
      : this.carryOut.execute(command, context);
  }
}
