import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Aggregates } from '#libs/event-store';
import { Command, Requires } from '#libs/http';
import { type CommandAnswer, type CommandContext } from '#libs/kernel';
import { buildAggregate } from '../domain/build-aggregate.js';
import { MergeRegionBuild } from './merge-region-build.js';
import { OpenRegionBuild } from './open-region-build.js';
import { AdoptVersionsDto, CancelBuildDto, OpenBuildDto } from './requests.js';

/** Starts builds, gives them other versions, and cancels them. */
@ApiTags('builds')
@ApiBearerAuth()
@Controller('v1')
@Requires('operator')
export class BuildsController {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly open: OpenRegionBuild,
    private readonly merge: MergeRegionBuild,
  ) {}

  @ApiOperation({ summary: 'Start a build of a region' })
  @Post('regions/:region/builds')
  async start(
    @Param('region') region: string,
    @Body() { reason = 'asked for' }: OpenBuildDto,
    @Command() context: CommandContext,
  ) {
    const opened = await this.open.execute({ region, reason }, context);
    return { ...answerOf(opened), build: opened.build, region: opened.region };
  }

  @ApiOperation({ summary: 'Cancel a build' })
  @Post('builds/:build/cancel')
  @HttpCode(200)
  async cancel(
    @Param('build') build: string,
    @Body() { reason }: CancelBuildDto,
    @Command() context: CommandContext,
  ) {
    const done = await this.aggregates.execute(
      buildAggregate,
      build,
      { type: 'CancelBuild', reason },
      context,
    );
    return { ...answerOf(done), build };
  }

  /** A moved golden set changes no running build until the build adopts it. */
  @ApiOperation({ summary: 'Let a build adopt a revision of a version set' })
  @Post('builds/:build/adopt')
  @HttpCode(200)
  async adopt(
    @Param('build') build: string,
    @Body() { set, revision }: AdoptVersionsDto,
    @Command() context: CommandContext,
  ) {
    const ref = { set, revision };
    const done = await this.merge.execute({ build, adopt: { target: ref, vibe: ref } }, context);
    return { ...answerOf(done), build };
  }
}

const answerOf = ({ revision, position, repeated }: CommandAnswer) => ({
  revision: String(revision),
  position: String(position),
  repeated,
});
