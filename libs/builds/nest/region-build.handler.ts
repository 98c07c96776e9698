import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandAnswer, Refused } from '#libs/kernel';
import { RegionDataRequest } from '#libs/region-data/contract';
import { ReleaseRequest } from '#libs/releases/contract';
import { RegionBuildRequest } from '../contract/index.js';
import { ConcludeRegionBuild } from './conclude-region-build.js';
import { DispatchReadyNode } from './dispatch-ready-node.js';
import { MergeRegionBuild } from './merge-region-build.js';
import { OpenRegionBuild } from './open-region-build.js';
import { SendNodes } from './send-nodes.js';

/** Carries out what the builds saga asks for. */
@CommandHandler(RegionBuildRequest)
export class RegionBuildHandler implements ICommandHandler<RegionBuildRequest, CommandAnswer> {
  constructor(
    private readonly open: OpenRegionBuild,
    private readonly merge: MergeRegionBuild,
    private readonly conclude: ConcludeRegionBuild,
    private readonly send: SendNodes,
    private readonly dispatch: DispatchReadyNode,
    private readonly commands: CommandBus,
  ) {}

  async execute({ command, context }: RegionBuildRequest): Promise<CommandAnswer> {
    switch (command.type) {
      case 'OpenRegionBuild':
        return this.open.execute(command, context);
      case 'MergeRegionBuild':
        return this.merge.execute(command, context);
      case 'ConcludeRegionBuild':
        return this.conclude.execute(command, context);
      case 'SendNodes':
        return this.send.execute(command, context);
      case 'DispatchReadyNode':
        return this.dispatch.execute(command, context);
      case 'SetRegionBuilding':
        return this.commands.execute<RegionDataRequest, CommandAnswer>(
          new RegionDataRequest(
            {
              type: 'ChangeRegionState',
              region: command.region,
              to: 'Building',
              cause: { by: 'mfo', build: command.build },
            },
            context,
          ),
        );
      case 'RecallReleaseNode':
        try {
          return await this.commands.execute<ReleaseRequest, CommandAnswer>(
            new ReleaseRequest(
              { type: 'RecallNode', release: command.release, node: command.node, reason: command.reason },
              context,
            ),
          );
        } catch (error) {
          // It began first: its result is compared when it comes, and there is nothing to recall any more.
          if (error instanceof Refused && error.refusal.code === 'release/operation-started')
            return { revision: -1n, position: -1n, repeated: false };
          throw error;
        }
    }
  }
}
