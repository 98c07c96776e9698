import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Aggregates, type Executed } from '#libs/event-store';
import { type RegionDataEvent, RegionDataRequest, regionDataStream } from '../contract/index.js';
import { regionDataAggregate } from '../history/index.js';

/** Any command to the stream of region data, whoever sends it; throws `Refused`. */
@CommandHandler(RegionDataRequest)
export class RegionDataHandler implements ICommandHandler<RegionDataRequest, Executed<RegionDataEvent>> {
  constructor(private readonly aggregates: Aggregates) {}

  execute({ command, context }: RegionDataRequest): Promise<Executed<RegionDataEvent>> {
    return this.aggregates.execute(regionDataAggregate, regionDataStream, command, context);
  }
}
