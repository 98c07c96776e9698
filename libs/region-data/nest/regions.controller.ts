import { Body, Controller, Delete, HttpCode, Param, Patch, Post, Put, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Command, IfMatch, Requires } from '#libs/http';
import { type CommandContext } from '#libs/kernel';
import { type RegionDataCommandOf, type StateCause } from '../contract/index.js';
import { defined } from './defined.js';
import { ChangeAnswer, RegionDataCommands, type Reply } from './region-data-commands.js';
import {
  AddRegionDto,
  ChangeStateDto,
  ChecklistDto,
  EditRegionDto,
  HoldDto,
  PauseDto,
  RegionPolicyDto,
  TickDto,
} from './requests.js';

@ApiTags('regions')
@ApiBearerAuth()
@ApiOkResponse({ type: ChangeAnswer })
@Controller('v1/regions')
@Requires('editor')
export class RegionsController {
  constructor(private readonly commands: RegionDataCommands) {}

  @ApiOperation({ summary: 'Add a region, with its ViBE where one brings it up' })
  @Post()
  add(
    @Body() body: AddRegionDto,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { internal_name: region, public_name, realm, attributes, notes, vibe } = body;
    const command = defined({
      type: 'AddRegion',
      region,
      public_name,
      realm,
      attributes,
      notes,
      vibe,
    } as const);
    return this.commands.run(command, context, reply);
  }

  @ApiOperation({ summary: 'Edit attributes and notes of a region' })
  @Patch(':region')
  async edit(
    @Param('region') region: string,
    @Body() { set, unset, notes }: EditRegionDto,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const renames = set && ('public_name' in set || 'name' in set);
    const facts = renames ? await this.commands.factsOf(region) : {};
    return this.commands.run(
      defined({ type: 'EditRegion', region, set, unset, notes, ifMatch, ...facts } as const),
      context,
      reply,
    );
  }

  @ApiOperation({ summary: 'Remove a region on which nothing depends' })
  @Delete(':region')
  async remove(
    @Param('region') region: string,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const facts = await this.commands.factsOf(region);
    return this.commands.run(
      defined({ type: 'RemoveRegion', region, ifMatch, ...facts } as const),
      context,
      reply,
    );
  }

  @ApiOperation({ summary: 'Pause a region in Production' })
  @Post(':region/pause')
  @Requires('operator')
  @HttpCode(200)
  pause(
    @Param('region') region: string,
    @Body() { reason, alarm }: PauseDto,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const cause: StateCause = alarm === undefined ? userCause(reason) : { by: 'alarm', alarm };
    return this.change({ region, to: 'Paused', cause, ifMatch }, context, reply);
  }

  @ApiOperation({ summary: 'Return a paused region to Production' })
  @Post(':region/resume')
  @Requires('operator')
  @HttpCode(200)
  resume(
    @Param('region') region: string,
    @Body() { reason }: ChangeStateDto,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.change(
      { region, to: 'Production', cause: userCause(reason), ifMatch, from: 'Paused' },
      context,
      reply,
    );
  }

  @ApiOperation({ summary: 'Set a region that is Building to Production' })
  @Post(':region/production')
  @Requires('operator')
  @HttpCode(200)
  async production(
    @Param('region') region: string,
    @Body() { reason }: ChangeStateDto,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const facts = await this.commands.factsOf(region);
    return this.change(
      { region, to: 'Production', cause: userCause(reason), ifMatch, from: 'Building', ...facts },
      context,
      reply,
    );
  }

  @ApiOperation({ summary: 'Deprecate a region' })
  @Post(':region/deprecate')
  @Requires('operator')
  @HttpCode(200)
  deprecate(
    @Param('region') region: string,
    @Body() { reason }: ChangeStateDto,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.change({ region, to: 'Deprecated', cause: userCause(reason), ifMatch }, context, reply);
  }

  @ApiOperation({ summary: 'Cancel the registration: back to none' })
  @Post(':region/cancel-registration')
  @Requires('operator')
  @HttpCode(200)
  cancelRegistration(
    @Param('region') region: string,
    @Body() { reason }: ChangeStateDto,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.change({ region, to: 'none', cause: userCause(reason), ifMatch }, context, reply);
  }

  @ApiOperation({ summary: 'Hold builds of a region' })
  @Post(':region/hold')
  @Requires('operator')
  @HttpCode(200)
  hold(
    @Param('region') region: string,
    @Body() { reason }: HoldDto,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run({ type: 'PlaceBuildHold', region, reason }, context, reply);
  }

  @ApiOperation({ summary: 'Let builds of a region go on' })
  @Post(':region/unhold')
  @Requires('operator')
  @HttpCode(200)
  unhold(
    @Param('region') region: string,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run({ type: 'LiftBuildHold', region }, context, reply);
  }

  @ApiOperation({ summary: 'Set whether changes open builds by themselves' })
  @Put(':region/policy')
  @Requires('operator')
  policy(
    @Param('region') region: string,
    @Body() { autoBuild }: RegionPolicyDto,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run({ type: 'SetRegionPolicy', region, policy: { autoBuild } }, context, reply);
  }

  @ApiOperation({ summary: 'Attach a validation checklist' })
  @Put(':region/validation-checklist')
  @Requires('operator')
  checklist(
    @Param('region') region: string,
    @Body() { items }: ChecklistDto,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run({ type: 'AttachValidationChecklist', region, items }, context, reply);
  }

  @ApiOperation({ summary: 'Tick an item of the validation checklist' })
  @Put(':region/validation-checklist/:item')
  @Requires('operator')
  tick(
    @Param('region') region: string,
    @Param('item') item: string,
    @Body() { passed }: TickDto,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run({ type: 'TickValidationItem', region, item, passed }, context, reply);
  }

  private change(
    change: Omit<RegionDataCommandOf<'ChangeRegionState'>, 'type' | 'ifMatch'> & {
      readonly ifMatch: string | undefined;
    },
    context: CommandContext,
    reply: Reply,
  ): Promise<ChangeAnswer> {
    return this.commands.run(defined({ type: 'ChangeRegionState', ...change } as const), context, reply);
  }
}

function userCause(reason: string | undefined): StateCause {
  return reason === undefined ? { by: 'user' } : { by: 'user', reason };
}
