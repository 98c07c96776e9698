import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Executed } from '#libs/event-store';
import { type CommandContext } from '#libs/kernel';
import { type NotifyOwners, type OwnerNoticeEvent } from '../contract/index.js';
import { ownerNoticeAggregate } from '../delivery/index.js';

/** A saga's due notice, carried out once for each notice id. */
export class GiveNotice extends Command<Executed<OwnerNoticeEvent>> {
  constructor(
    readonly command: NotifyOwners,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(GiveNotice)
export class GiveNoticeHandler implements ICommandHandler<GiveNotice> {
  constructor(private readonly aggregates: Aggregates) {}

  execute({ command, context }: GiveNotice): Promise<Executed<OwnerNoticeEvent>> {
    return this.aggregates.execute(ownerNoticeAggregate, command.notice, command, context);
  }
}
