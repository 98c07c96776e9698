import { Inject, Injectable, Optional } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiProperty } from '@nestjs/swagger';
import { etagOf } from '#libs/http';
import { type CommandContext } from '#libs/kernel';
import { type Executed } from '#libs/event-store';
import {
  RegionDataRequest,
  RegionFacts,
  type RegionDataCommand,
  type RegionDataEvent,
  type RegionFactsNow,
} from '../contract/index.js';

/** What every command answers. */
export class ChangeAnswer {
  @ApiProperty({ description: 'Revision of region data that the change is in, decimal.' })
  revision!: string;

  @ApiProperty({ description: 'Position in the log; pass it to a query as `after` to read what you wrote.' })
  position!: string;

  @ApiProperty({
    type: [String],
    description: 'Types of the events written; empty where the outcome already held.',
  })
  events!: readonly string[];

  @ApiProperty({ description: 'True where the Idempotency-Key was known: this is the first answer.' })
  repeated!: boolean;
}

/** What controllers need of a Fastify reply. */
export interface Reply {
  header(name: string, value: string): unknown;
}

/** Sends commands on their way and makes their outcome an answer with its ETag. */
@Injectable()
export class RegionDataCommands {
  constructor(
    private readonly bus: CommandBus,
    @Optional() @Inject(RegionFacts) private readonly facts?: RegionFacts,
  ) {}

  async run(command: RegionDataCommand, context: CommandContext, reply: Reply): Promise<ChangeAnswer> {
    const { revision, position, events, repeated } = await this.bus.execute<
      RegionDataRequest,
      Executed<RegionDataEvent>
    >(new RegionDataRequest(command, context));
    // An entity's ETag is the revision that touched it last; where nothing was written, that is for a read to tell.
    const last = events.at(-1);
    if (last) reply.header('etag', etagOf(last.revision));
    return {
      revision: String(last?.revision ?? revision),
      position: String(position),
      events: events.map((e) => e.type),
      repeated,
    };
  }

  /** What other contexts know of a region; nothing where none of them is here, and then guards that need it refuse. */
  async factsOf(region: string): Promise<{ readonly facts?: RegionFactsNow }> {
    return this.facts ? { facts: await this.facts.of(region) } : {};
  }
}
