import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Command, Requires } from '#libs/http';
import { type CommandAnswer, type CommandContext } from '#libs/kernel';
import { type ReleaseCommand, ReleaseRequest } from '../contract/index.js';
import { DecideDto, RetryDto } from './requests.js';

/** What people decide about releases. */
@ApiTags('releases')
@ApiBearerAuth()
@Controller('v1/releases/:release')
export class ReleasesController {
  constructor(private readonly commands: CommandBus) {}

  @ApiOperation({ summary: 'Approve the plan of a release' })
  @Post('approve')
  @HttpCode(200)
  @Requires('approver')
  approve(
    @Param('release') release: string,
    @Body() { plan, reason }: DecideDto,
    @Command() context: CommandContext,
  ) {
    return this.run(
      { type: 'ApproveRelease', release, plan, ...(reason !== undefined && { reason }) },
      context,
    );
  }

  @ApiOperation({ summary: 'Reject the plan of a release' })
  @Post('reject')
  @HttpCode(200)
  @Requires('approver')
  reject(
    @Param('release') release: string,
    @Body() { plan, reason = 'rejected' }: DecideDto,
    @Command() context: CommandContext,
  ) {
    return this.run({ type: 'RejectRelease', release, plan, reason }, context);
  }

  @ApiOperation({ summary: 'Try a failed operation again' })
  @Post('nodes/retry')
  @HttpCode(200)
  @Requires('operator')
  retry(@Param('release') release: string, @Body() { node }: RetryDto, @Command() context: CommandContext) {
    return this.run({ type: 'RetryNode', release, node }, context);
  }

  private async run(command: ReleaseCommand, context: CommandContext) {
    const { revision, position, repeated } = await this.commands.execute<ReleaseRequest, CommandAnswer>(
      new ReleaseRequest(command, context),
    );
    return { revision: String(revision), position: String(position), repeated };
  }
}
