import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Command, Requires } from '#libs/http';
import { type CommandAnswer, type CommandContext } from '#libs/kernel';
import { RegionNames } from '#libs/region-data/contract';
import { type CapabilityCommand, CapabilityRequest } from '../contract/index.js';
import { PublishCapabilityDto, WithdrawCapabilityDto } from './requests.js';

/** A person publishes or withdraws a capability; Regionals do it as part of their work. */
@ApiTags('capabilities')
@ApiBearerAuth()
@Controller('v1/regions/:region/capabilities')
@Requires('operator')
export class CapabilitiesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly regions: RegionNames,
  ) {}

  @ApiOperation({ summary: 'Publish a capability by hand' })
  @Post()
  async publish(
    @Param('region') name: string,
    @Body() body: PublishCapabilityDto,
    @Command() context: CommandContext,
  ) {
    return this.run(
      {
        type: 'PublishCapability',
        region: await this.regions.internal(name),
        environment: body.environment ?? 'target',
        name: body.name,
        publisher: { kind: 'person' },
        partial: false,
        publishers: [],
        outputs: body.outputs ?? {},
        probeFailure: null,
      },
      context,
    );
  }

  @ApiOperation({ summary: 'Withdraw a capability' })
  @Post('withdraw')
  @HttpCode(200)
  async withdraw(
    @Param('region') name: string,
    @Body() { environment = 'target', name: capability, reason }: WithdrawCapabilityDto,
    @Command() context: CommandContext,
  ) {
    return this.run(
      {
        type: 'WithdrawCapability',
        region: await this.regions.internal(name),
        environment,
        name: capability,
        reason,
      },
      context,
    );
  }

  private async run(command: CapabilityCommand, context: CommandContext) {
    const { revision, position, repeated } = await this.commands.execute<CapabilityRequest, CommandAnswer>(
      new CapabilityRequest(command, context),
    );
    return { revision: String(revision), position: String(position), repeated };
  }
}
