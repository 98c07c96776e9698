import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BlobStore } from '#libs/blob-store';
import { PageQuery } from '#libs/http';
import { refuse, Refused } from '#libs/kernel';
import { ReadQueries } from '#libs/read-store';
import { RegionDataHistory } from '#libs/region-data/contract';
import { SettledCompilation, type CompiledResources, type CompiledTargets } from '../contract/index.js';
import { FleetCompilation } from '../compiler/index.js';
import { compilationsProjection, compiledFlocksProjection } from '../projections/index.js';
import { CompileDto, CompiledQuery, SettledQuery } from './requests.js';

/** What was compiled, and what a flock compiles to. */
@ApiTags('compilation')
@ApiBearerAuth()
@Controller('v1')
export class CompilationsController {
  constructor(
    private readonly queries: ReadQueries,
    private readonly settled: SettledCompilation,
    private readonly compilation: FleetCompilation,
    private readonly history: RegionDataHistory,
    private readonly blobs: BlobStore,
  ) {}

  @ApiOperation({ summary: 'Compilations, newest first' })
  @Get('compilations')
  async compilations(@Query() { after, cursor, limit = 100 }: PageQuery) {
    const page = await this.queries.list(compilationsProjection, {
      limit,
      direction: 'backwards',
      ...(after !== undefined && { after }),
      ...(cursor !== undefined && { cursor }),
    });
    return { items: page.rows.map((r) => r.row), ...(page.next !== undefined && { next: page.next }) };
  }

  /** Waits for the compilation that covers a revision: what was evaluated again because of it, and why. */
  @ApiOperation({ summary: 'Wait for the compilation that covers a revision of region data' })
  @Get('compilations/settled')
  async whenSettled(@Query() { revision, timeout = 30_000 }: SettledQuery) {
    const settled = await this.settled.settled(BigInt(revision), timeout);
    if (settled !== null) return settled;
    throw new Refused(
      refuse('compilation/not-caught-up', `revision ${revision} has not been compiled yet`, {
        fix: 'ask again; if it stays, look whether the orchestrator runs',
        details: { revision },
      }),
    );
  }

  /** A compiled result by the digest under which it was announced. */
  @ApiOperation({ summary: 'A compiled result by its digest' })
  @Get('compilations/results/:digest')
  async result(@Param('digest') digest: string) {
    const found =
      /^[0-9a-f]{64}$/.test(digest) && (await this.blobs.has(digest))
        ? await this.blobs.getJson(digest)
        : null;
    if (found === null)
      throw new Refused(refuse('compiled-result/unknown', `there is no compiled result ${digest}`));
    return found;
  }

  @ApiOperation({ summary: 'What flocks compile to, by flock' })
  @Get('compiled-flocks')
  async flocks(@Query() { after, cursor, limit = 100 }: PageQuery) {
    const page = await this.queries.list(compiledFlocksProjection, {
      limit,
      ...(after !== undefined && { after }),
      ...(cursor !== undefined && { cursor }),
    });
    return { items: page.rows.map((r) => r.row), ...(page.next !== undefined && { next: page.next }) };
  }

  /** What the flock compiles to now; with a region also its resources there. */
  @ApiOperation({ summary: 'What a flock compiles to now' })
  @Get('flocks/:flock/compiled')
  async compiled(@Param('flock') flock: string, @Query() { region, version }: CompiledQuery) {
    return this.compile({
      flock,
      ...(region !== undefined && { region }),
      ...(version !== undefined && { version }),
    });
  }

  /** Compiles by identifier (FL-12): answers with the result, or with where to fetch it (FL-11). */
  @ApiOperation({ summary: 'Compile a flock' })
  @Post('compilations')
  @HttpCode(200)
  async request(@Body() { later = false, ...what }: CompileDto) {
    const result = await this.compile(what);
    return later ? { digest: await this.blobs.putJson(result) } : result;
  }

  private async compile(what: Omit<CompileDto, 'later'>): Promise<{
    readonly regionData: string;
    readonly targets: CompiledTargets;
    readonly resources?: CompiledResources | null;
  }> {
    const { flock, version, region, forecast = false } = what;
    const { document, revision } = await this.history.current();
    const internal = document.regions.find(
      (r) => r.internal_name === region || r.public_name === region,
    )?.internal_name;
    if (region !== undefined && internal === undefined)
      throw new Refused(
        refuse('region/unknown', `there is no region "${region}"`, { fix: 'look at the list of regions' }),
      );
    const result = await this.compilation.flock({
      flock,
      regionData: revision,
      forecast,
      ...(version !== undefined && { version }),
      ...(internal !== undefined && { region: internal }),
    });
    if (result === null)
      throw new Refused(
        refuse(
          'flock/unknown',
          `there is no flock ${flock}${version === undefined ? ' in use' : `@${version}`}`,
          {
            fix: 'publish it, and name its version in the golden set',
          },
        ),
      );
    return { regionData: String(revision), ...result };
  }
}
