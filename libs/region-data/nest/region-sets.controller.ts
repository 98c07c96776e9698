import { Body, Controller, Delete, Param, Patch, Post, Put, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Command, IfMatch, Requires } from '#libs/http';
import { type CommandContext } from '#libs/kernel';
import { defined } from './defined.js';
import { ChangeAnswer, RegionDataCommands, type Reply } from './region-data-commands.js';
import {
  AddAvailabilityDomainDto,
  AddExecutionTargetDto,
  AddRealmDto,
  AddVibeDto,
  DefineSubsetDto,
  EditDto,
  FieldPolicyDto,
} from './requests.js';

/** Everything in region data that is not a region itself. */
@ApiTags('region data')
@ApiBearerAuth()
@ApiOkResponse({ type: ChangeAnswer })
@Controller('v1')
@Requires('editor')
export class RegionSetsController {
  constructor(private readonly commands: RegionDataCommands) {}

  @ApiOperation({ summary: 'Add a realm' })
  @Post('realms')
  addRealm(
    @Body() { name, attributes }: AddRealmDto,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run(defined({ type: 'AddRealm', realm: name, attributes } as const), context, reply);
  }

  @ApiOperation({ summary: 'Edit a realm' })
  @Patch('realms/:realm')
  editRealm(
    @Param('realm') realm: string,
    @Body() { set, unset }: EditDto,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run(
      defined({ type: 'EditRealm', realm, set, unset, ifMatch } as const),
      context,
      reply,
    );
  }

  @ApiOperation({ summary: 'Remove a realm' })
  @Delete('realms/:realm')
  removeRealm(
    @Param('realm') realm: string,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run(defined({ type: 'RemoveRealm', realm, ifMatch } as const), context, reply);
  }

  @ApiOperation({ summary: 'Add a virtual bootstrap environment' })
  @Post('vibes')
  addVibe(
    @Body() body: AddVibeDto,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { id: vibe, host_region, target_region, attributes } = body;
    const command = defined({ type: 'AddVibe', vibe, host_region, target_region, attributes } as const);
    return this.commands.run(command, context, reply);
  }

  @ApiOperation({ summary: 'Edit a virtual bootstrap environment' })
  @Patch('vibes/:vibe')
  editVibe(
    @Param('vibe') vibe: string,
    @Body() { set, unset }: EditDto,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run(
      defined({ type: 'EditVibe', vibe, set, unset, ifMatch } as const),
      context,
      reply,
    );
  }

  @ApiOperation({ summary: 'Remove a virtual bootstrap environment' })
  @Delete('vibes/:vibe')
  removeVibe(
    @Param('vibe') vibe: string,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run(defined({ type: 'RemoveVibe', vibe, ifMatch } as const), context, reply);
  }

  @ApiOperation({ summary: 'Add an availability domain' })
  @Post('availability-domains')
  addDomain(
    @Body() body: AddAvailabilityDomainDto,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { region, name, attributes } = body;
    const command = defined({ type: 'AddAvailabilityDomain', region, name, attributes } as const);
    return this.commands.run(command, context, reply);
  }

  @ApiOperation({ summary: 'Edit an availability domain' })
  @Patch('availability-domains/:region/:name')
  editDomain(
    @Param('region') region: string,
    @Param('name') name: string,
    @Body() { set, unset }: EditDto,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const command = defined({ type: 'EditAvailabilityDomain', region, name, set, unset, ifMatch } as const);
    return this.commands.run(command, context, reply);
  }

  @ApiOperation({ summary: 'Remove an availability domain' })
  @Delete('availability-domains/:region/:name')
  removeDomain(
    @Param('region') region: string,
    @Param('name') name: string,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const command = defined({ type: 'RemoveAvailabilityDomain', region, name, ifMatch } as const);
    return this.commands.run(command, context, reply);
  }

  @ApiOperation({ summary: 'Add an execution target' })
  @Post('execution-targets')
  addTarget(
    @Body() body: AddExecutionTargetDto,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { region, name, availability_domain, attributes } = body;
    const command = defined({
      type: 'AddExecutionTarget',
      region,
      name,
      availability_domain,
      attributes,
    } as const);
    return this.commands.run(command, context, reply);
  }

  @ApiOperation({ summary: 'Edit an execution target' })
  @Patch('execution-targets/:region/:name')
  editTarget(
    @Param('region') region: string,
    @Param('name') name: string,
    @Body() { set, unset }: EditDto,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const command = defined({ type: 'EditExecutionTarget', region, name, set, unset, ifMatch } as const);
    return this.commands.run(command, context, reply);
  }

  @ApiOperation({ summary: 'Remove an execution target' })
  @Delete('execution-targets/:region/:name')
  removeTarget(
    @Param('region') region: string,
    @Param('name') name: string,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const command = defined({ type: 'RemoveExecutionTarget', region, name, ifMatch } as const);
    return this.commands.run(command, context, reply);
  }

  @ApiOperation({ summary: 'Define a named subset that flocks can read' })
  @Put('subsets/:subset')
  defineSubset(
    @Param('subset') subset: string,
    @Body() { entries }: DefineSubsetDto,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run(
      defined({ type: 'DefineSubset', subset, entries, ifMatch } as const),
      context,
      reply,
    );
  }

  @ApiOperation({ summary: 'Remove a named subset' })
  @Delete('subsets/:subset')
  removeSubset(
    @Param('subset') subset: string,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.commands.run(defined({ type: 'RemoveSubset', subset, ifMatch } as const), context, reply);
  }

  @ApiOperation({ summary: 'Say which fields are immutable, required and of which type' })
  @Put('field-policy')
  @Requires('admin')
  setFieldPolicy(
    @Body() { immutable, required, types }: FieldPolicyDto,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const policy = defined({ immutable, required, types });
    return this.commands.run({ type: 'SetFieldPolicy', policy }, context, reply);
  }
}
