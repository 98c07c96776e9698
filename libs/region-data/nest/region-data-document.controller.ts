import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Aggregates } from '#libs/event-store';
import { Caller, Command, etagOf, IfMatch, Requires } from '#libs/http';
import { type Principal } from '#libs/access/contract';
import { standardFunctions } from '#libs/hcl/functions';
import { nodeFunctions } from '#libs/hcl/host';
import { isRefusal, refuse, Refused, type CommandContext } from '#libs/kernel';
import { RegionDataHistory, type RegionDataVersion } from '../contract/index.js';
import { exportRegionData } from '../document/index.js';
import { importRegionData } from '../import/index.js';
import { renderTemplate } from '../rendering/index.js';
import { type Reply } from './region-data-commands.js';
import { ExportQuery, ImportDto, RenderDto } from './requests.js';

/** The whole document, in. */
@ApiTags('region data')
@ApiBearerAuth()
@Controller('v1/region-data')
export class RegionDataImportController {
  constructor(private readonly aggregates: Aggregates) {}

  /** Adds and edits what differs; what the document does not mention stays. Only an admin adopts regions that have a state. */
  @ApiOperation({ summary: 'Import a region-data document' })
  @Post('import')
  @Requires('editor')
  @HttpCode(200)
  async import(
    @Body() { text, filename = 'region-data' }: ImportDto,
    @Caller() caller: Principal,
    @Command() context: CommandContext,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const mayAdopt = caller.role === 'admin';
    const request = { text, filename, mayAdopt, ...(ifMatch !== undefined && { ifMatch }) };
    const { executed, events, staged, warnings } = await importRegionData(this.aggregates, request, context);
    const { revision, position, repeated } = executed;
    reply.header('etag', etagOf(revision));
    return { revision: String(revision), position: String(position), events, staged, repeated, warnings };
  }
}

/** What templates can call: the functions of flock configs. */
const functions = standardFunctions(nodeFunctions);

/** The whole document, out: now or as it was; and any text that region data is injected into. */
@ApiTags('region data')
@ApiBearerAuth()
@Controller('v1')
export class RegionDataDocumentController {
  constructor(private readonly history: RegionDataHistory) {}

  @ApiOperation({ summary: 'The whole document, now or as it was' })
  @Get('region-data')
  async export(@Query() query: ExportQuery, @Res({ passthrough: true }) reply: Reply): Promise<string> {
    const version = await this.at(query);
    const format = query.format ?? 'json';
    reply.header('etag', etagOf(version.revision));
    reply.header(
      'content-type',
      format === 'json' ? 'application/json; charset=utf-8' : 'application/yaml; charset=utf-8',
    );
    return exportRegionData(version.document, format);
  }

  @ApiOperation({ summary: 'Inject region data into a text' })
  @Post('render')
  @HttpCode(200)
  async render(@Body() { template, region, revision }: RenderDto) {
    const version = await this.at(revision === undefined ? {} : { revision });
    const rendered = renderTemplate(template, version.document, {
      functions,
      ...(region !== undefined && { region }),
    });
    if (isRefusal(rendered)) throw new Refused(rendered);
    return { ...rendered, revision: String(version.revision) };
  }

  private async at({ revision, position, at }: ExportQuery): Promise<RegionDataVersion> {
    if ([revision, position, at].filter((p) => p !== undefined).length > 1) {
      throw new Refused(
        refuse('request/invalid', 'revision, position and at exclude each other', { fix: 'name one point' }),
      );
    }
    if (position !== undefined) return this.history.at({ position: BigInt(position) });
    if (at !== undefined) {
      if (Number.isNaN(Date.parse(at))) {
        throw new Refused(
          refuse('request/invalid', `"${at}" is no time`, { fix: 'write it as 2026-01-31T12:00:00Z' }),
        );
      }
      return this.history.at({ time: at });
    }
    const current = await this.history.current();
    if (revision === undefined) return current;
    if (BigInt(revision) > current.revision) {
      throw new Refused(
        refuse('revision/unknown', `region data is at revision ${current.revision}, not yet at ${revision}`, {
          fix: 'name a revision up to that',
        }),
      );
    }
    return this.history.at({ revision: BigInt(revision) });
  }
}
