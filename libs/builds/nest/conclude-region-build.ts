import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Aggregates } from '#libs/event-store';
import { type CommandAnswer, type CommandContext, Refused } from '#libs/kernel';
import { RegionDataRequest } from '#libs/region-data/contract';
import { buildAggregate } from '../domain/build-aggregate.js';
import { part } from './part-of-command.js';

/**
 * The end of a build: it takes no merge any more, region data is asked for Production, and by the answer the build is completed or taken
 * up again. Each step is idempotent under its own id, so a crash in between is made good by carrying the command out again.
 */
@Injectable()
export class ConcludeRegionBuild {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly commands: CommandBus,
  ) {}

  async execute(
    command: {
      readonly region: string;
      readonly build: string;
      readonly covers: string;
      readonly setsState: boolean;
    },
    context: CommandContext,
  ): Promise<CommandAnswer> {
    const { build, covers, region } = command;
    await this.aggregates.execute(
      buildAggregate,
      build,
      { type: 'ConcludeBuild', covers },
      part(context, 'conclude'),
    );
    if (command.setsState)
      try {
        await this.commands.execute(
          new RegionDataRequest(
            { type: 'ChangeRegionState', region, to: 'Production', cause: { by: 'mfo', build, covers } },
            part(context, 'production'),
          ),
        );
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return this.aggregates.execute(
          buildAggregate,
          build,
          { type: 'DeferConclusion', covers, reason: error.refusal.message },
          part(context, 'defer'),
        );
      }
    return this.aggregates.execute(
      buildAggregate,
      build,
      { type: 'CompleteBuild', covers },
      part(context, 'complete'),
    );
  }
}
