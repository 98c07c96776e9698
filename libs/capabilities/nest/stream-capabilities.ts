import { Injectable } from '@nestjs/common';
import { Aggregates } from '#libs/event-store';
import { AvailableCapabilities } from '../contract/index.js';
import { capabilitiesAggregate } from '../domain/capabilities-aggregate.js';

/** Answers from the capability streams themselves. */
@Injectable()
export class StreamCapabilities extends AvailableCapabilities {
  constructor(private readonly aggregates: Aggregates) {
    super();
  }

  async in(region: string): Promise<ReadonlySet<string>> {
    const { state } = await this.aggregates.load(capabilitiesAggregate, region);
    return new Set([...state].flatMap(([key, { available }]) => (available ? [key] : [])));
  }
}
