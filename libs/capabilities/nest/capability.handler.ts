import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates } from '#libs/event-store';
import { type CommandAnswer } from '#libs/kernel';
import { CapabilityRequest } from '../contract/index.js';
import { capabilitiesAggregate } from '../domain/capabilities-aggregate.js';

@CommandHandler(CapabilityRequest)
export class CapabilityHandler implements ICommandHandler<CapabilityRequest, CommandAnswer> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ command, context }: CapabilityRequest): Promise<CommandAnswer> {
    return this.aggregates.execute(capabilitiesAggregate, command.region, command, context);
  }
}
