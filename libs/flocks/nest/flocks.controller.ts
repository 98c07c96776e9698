import { Readable } from 'node:stream';
import { Body, Controller, Delete, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BlobStore } from '#libs/blob-store';
import { Command, Requires } from '#libs/http';
import { type CommandContext, digestOf, refuse, Refused } from '#libs/kernel';
import { type FlockAnswer, type FlockCommand, FlockRequest } from '../contract/index.js';
import {
  ArtifactQuery,
  FlockPlaceDto,
  PinDto,
  PublishFlockDto,
  VersionSetDto,
  VersionSetRefDto,
} from './requests.js';

/** Publishes flocks and artifacts, revises version sets, and says which versions are used where. */
@ApiTags('flocks')
@ApiBearerAuth()
@Controller('v1')
@Requires('editor')
export class FlocksController {
  constructor(
    private readonly commands: CommandBus,
    private readonly blobs: BlobStore,
  ) {}

  @ApiOperation({ summary: 'Publish an immutable version of a flock' })
  @Post('flocks/:flock/versions')
  publish(@Param('flock') flock: string, @Body() body: PublishFlockDto, @Command() context: CommandContext) {
    const { version, files, lenient } = body;
    return this.run(
      {
        type: 'PublishFlock',
        flock,
        ...(version !== undefined && { version }),
        ...(lenient !== undefined && { lenient }),
        files: files.map(({ path, content }) => ({ path, bytes: Buffer.from(content, 'base64') })),
      },
      context,
    );
  }

  /** The body's bytes are streamed into the blob store. */
  @ApiOperation({ summary: 'Publish an artifact of a flock' })
  @Put('flocks/:flock/artifacts/:artifact')
  @ApiConsumes('application/octet-stream')
  async publishArtifact(
    @Param('flock') flock: string,
    @Param('artifact') artifact: string,
    @Query() { version }: ArtifactQuery,
    @Req() request: { readonly body?: unknown },
    @Command() context: CommandContext,
  ) {
    const { body } = request;
    if (!(body instanceof Readable))
      throw new Refused(
        refuse('request/unsupported-media-type', 'an artifact is sent as bytes', {
          fix: 'send Content-Type: application/octet-stream',
        }),
      );
    const { digest, bytes } = await this.blobs.putStream(body as AsyncIterable<Uint8Array>);
    return this.run(
      {
        type: 'PublishArtifact',
        flock,
        artifact,
        ...(version !== undefined && { version }),
        digest,
        bytes,
      },
      { ...context, bodyDigest: digestOf([context.bodyDigest, digest]) },
    );
  }

  @ApiOperation({ summary: 'Add a revision to a version set' })
  @Post('version-sets/:set')
  revise(@Param('set') set: string, @Body() body: VersionSetDto, @Command() context: CommandContext) {
    const entries = { flocks: body.flocks, artifacts: body.artifacts ?? {} };
    return this.run({ type: 'ReviseVersionSet', set, entries }, context);
  }

  @ApiOperation({ summary: 'Move golden to a revision of a version set' })
  @Post('version-selection/golden')
  @HttpCode(200)
  @Requires('operator')
  moveGolden(@Body() { set, revision }: VersionSetRefDto, @Command() context: CommandContext) {
    return this.run({ type: 'MoveGolden', to: { set, revision } }, context);
  }

  @ApiOperation({ summary: 'Give ViBEs a version set of their own' })
  @Post('version-selection/vibe')
  @HttpCode(200)
  @Requires('operator')
  moveVibeSet(@Body() { set, revision }: VersionSetRefDto, @Command() context: CommandContext) {
    return this.run({ type: 'MoveVibeSet', to: { set, revision } }, context);
  }

  /** The ViBE uses golden again. */
  @ApiOperation({ summary: 'Let ViBEs use golden again' })
  @Delete('version-selection/vibe')
  @Requires('operator')
  clearVibeSet(@Command() context: CommandContext) {
    return this.run({ type: 'MoveVibeSet', to: null }, context);
  }

  @ApiOperation({ summary: 'Pin a flock to a version in one region' })
  @Post('version-selection/pins')
  @HttpCode(200)
  @Requires('operator')
  pin(@Body() body: PinDto, @Command() context: CommandContext) {
    const { region, environment = 'target', flock, version } = body;
    return this.run({ type: 'PinFlock', region, environment, flock, version }, context);
  }

  @ApiOperation({ summary: 'Take a pin away' })
  @Post('version-selection/unpin')
  @HttpCode(200)
  @Requires('operator')
  unpin(@Body() body: FlockPlaceDto, @Command() context: CommandContext) {
    const { region, environment = 'target', flock } = body;
    return this.run({ type: 'UnpinFlock', region, environment, flock }, context);
  }

  private async run(command: FlockCommand, context: CommandContext) {
    const { revision, position, ...rest } = await this.commands.execute<FlockRequest, FlockAnswer>(
      new FlockRequest(command, context),
    );
    return { revision: String(revision), position: String(position), ...rest };
  }
}
