import { Injectable } from '@nestjs/common';
import { Aggregates } from '#libs/event-store';
import { type Json } from '#libs/kernel';
import { AvailableCapabilities } from '../contract/index.js';
import { capabilitiesAggregate } from '../domain/capabilities-aggregate.js';

/** Answers from the capability streams themselves. */
@Injectable()
export class StreamCapabilities extends AvailableCapabilities {
  constructor(private readonly aggregates: Aggregates) {
    super();
  }

  async outputsIn(region: string): Promise<ReadonlyMap<string, Readonly<Record<string, Json>>>> {
    const { state } = await this.aggregates.load(capabilitiesAggregate, region);
    return new Map(
      [...state].flatMap(([key, { available, outputs }]) =>
        available ? [[key, outputs as Readonly<Record<string, Json>>]] : [],
      ),
    );
  }
}
