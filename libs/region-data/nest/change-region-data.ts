import { CommandHandler, Command, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Executed } from '#libs/event-store';
import { type CommandContext } from '#libs/kernel';
import { regionDataStream, type RegionDataCommand, type RegionDataEvent } from '../contract/index.js';
import { regionDataAggregate } from '../history/index.js';

/** Any command to the stream of region data; throws `Refused`. */
export class ChangeRegionData extends Command<Executed<RegionDataEvent>> {
  constructor(
    readonly command: RegionDataCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ChangeRegionData)
export class ChangeRegionDataHandler implements ICommandHandler<ChangeRegionData> {
  constructor(private readonly aggregates: Aggregates) {}

  execute({ command, context }: ChangeRegionData): Promise<Executed<RegionDataEvent>> {
    return this.aggregates.execute(regionDataAggregate, regionDataStream, command, context);
  }
}
