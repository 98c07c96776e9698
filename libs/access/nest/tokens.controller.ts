import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { AccessDirectory, roles, type Principal, type Role, type TokenSummary } from '#libs/access/contract';
import { Aggregates } from '#libs/event-store';
import { Caller, ChangeDto, Command, Requires } from '#libs/http';
import { type CommandContext } from '#libs/kernel';
import { accessAggregate, newToken } from '../directory/index.js';

export class IssueTokenDto extends ChangeDto {
  @ApiProperty({ description: 'Opaque id of the person or process; stands in the metadata of every event.' })
  @Matches(/^[A-Za-z0-9._:@-]{1,100}$/)
  actor!: string;

  @ApiProperty({ description: 'For people to read; never in an event’s metadata.' })
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  name!: string;

  @ApiProperty({ enum: roles })
  @IsIn(roles)
  role!: Role;

  @ApiPropertyOptional({ description: 'ISO 8601; without it the token holds until it is revoked.' })
  @IsOptional()
  @IsISO8601({ strict: true })
  expiresAt?: string;
}

@ApiTags('access')
@ApiBearerAuth()
@Controller('v1')
export class TokensController {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly directory: AccessDirectory,
  ) {}

  @ApiOperation({ summary: 'Who calls, and with which role' })
  @Get('whoami')
  whoAmI(@Caller() caller: Principal): Principal {
    return caller;
  }

  @ApiOperation({ summary: 'All tokens, without their secrets' })
  @Get('tokens')
  @Requires('admin')
  async list(): Promise<{ readonly items: readonly TokenSummary[] }> {
    return { items: await this.directory.tokens() };
  }

  /** The secret is in the first answer only: a repetition of the request answers without it. */
  @ApiOperation({ summary: 'Issue a token' })
  @Post('tokens')
  @Requires('admin')
  async issue(@Body() body: IssueTokenDto, @Command() context: CommandContext) {
    const { secret, token, hash } = newToken();
    const { actor, name, role, expiresAt = null } = body;
    const command = { type: 'IssueToken', token, actor, name, role, hash, expiresAt } as const;
    const done = await this.aggregates.execute(accessAggregate, 'access', command, context);
    const issued = done.events[0]?.data;
    const answer = {
      token: issued?.token ?? token,
      actor,
      name,
      role,
      expiresAt,
      position: String(done.position),
    };
    return done.repeated ? answer : { ...answer, secret };
  }

  @ApiOperation({ summary: 'Revoke a token' })
  @Delete('tokens/:token')
  @Requires('admin')
  async revoke(@Param('token') token: string, @Command() context: CommandContext) {
    const done = await this.aggregates.execute(
      accessAggregate,
      'access',
      { type: 'RevokeToken', token },
      context,
    );
    return { token, revoked: true, position: String(done.position) };
  }
}
