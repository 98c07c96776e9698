import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString } from 'class-validator';
import { etagOf, PageQuery, ReadQuery } from '#libs/http';
import { refuse, Refused } from '#libs/kernel';
import {
  regionStates,
  TicketSystem,
  type RegionRow,
  type RegionState,
  type TicketStatus,
  type Touched,
} from '../contract/index.js';
import {
  availabilityDomainsProjection,
  executionTargetsProjection,
  realmsProjection,
  regionDataChangesProjection,
  regionsProjection,
  subsetsProjection,
  vibesProjection,
} from '../projections/index.js';
import { type Reply } from './region-data-commands.js';
import { RegionDataQueries, type Rows } from './region-data.queries.js';

export class RegionsQuery extends PageQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  realm?: string;

  @ApiPropertyOptional({ enum: regionStates })
  @IsOptional()
  @IsIn(regionStates)
  state?: RegionState;

  @ApiPropertyOptional({ description: 'Adds `ticketStatus` from the ticketing system.' })
  @IsOptional()
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : (value as unknown)))
  @IsBoolean()
  tickets?: boolean;
}

export class OfRegionQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Either name of a region.' })
  @IsOptional()
  @IsString()
  region?: string;
}

export class ChangesQuery extends OfRegionQuery {
  @ApiPropertyOptional({ description: '`region/<internal name>`, `realm/<name>`, …' })
  @IsOptional()
  @IsString()
  entity?: string;

  @ApiPropertyOptional({ enum: ['newest', 'oldest'], default: 'newest' })
  @IsOptional()
  @IsIn(['newest', 'oldest'])
  first?: 'newest' | 'oldest';
}

type Shown = RegionRow & { readonly ticketStatus?: TicketStatus | null };

@ApiTags('region data')
@ApiBearerAuth()
@Controller('v1')
export class RegionDataQueriesController {
  constructor(
    private readonly queries: RegionDataQueries,
    private readonly tickets: TicketSystem,
  ) {}

  @ApiOperation({ summary: 'Regions' })
  @Get('regions')
  async regions(@Query() query: RegionsQuery): Promise<Rows<Shown>> {
    const { realm, state } = query;
    const by =
      realm !== undefined
        ? { index: 'byRealm', equals: [realm] }
        : state !== undefined
          ? { index: 'byState', equals: [state] }
          : { index: 'byPublicName' };
    const page = await this.queries.list(regionsProjection, query, by);
    const items = page.items.filter((r) => state === undefined || r.state === state);
    return { ...page, items: query.tickets ? await this.withTickets(items) : items };
  }

  @ApiOperation({ summary: 'A region by either name' })
  @Get('regions/:region')
  async region(
    @Param('region') name: string,
    @Query() query: ReadQuery,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Shown> {
    const row = await this.regionNamed(name, query);
    const [shown] = await this.withTickets([row]);
    return tagged(shown ?? row, reply);
  }

  @ApiOperation({ summary: 'Changes that touched a region' })
  @Get('regions/:region/changes')
  async changesOf(@Param('region') name: string, @Query() query: ChangesQuery) {
    return this.changes(Object.assign(new ChangesQuery(), query, { region: name }));
  }

  @ApiOperation({ summary: 'Realms' })
  @Get('realms')
  realms(@Query() query: PageQuery) {
    return this.queries.list(realmsProjection, query);
  }

  @ApiOperation({ summary: 'A realm' })
  @Get('realms/:realm')
  async realm(
    @Param('realm') realm: string,
    @Query() query: ReadQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return tagged(await this.queries.one(realmsProjection, 'realm', realm, query), reply);
  }

  @ApiOperation({ summary: 'Virtual bootstrap environments' })
  @Get('vibes')
  vibes(@Query() query: PageQuery) {
    return this.queries.list(vibesProjection, query);
  }

  @ApiOperation({ summary: 'A virtual bootstrap environment' })
  @Get('vibes/:vibe')
  async vibe(
    @Param('vibe') vibe: string,
    @Query() query: ReadQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return tagged(await this.queries.one(vibesProjection, 'vibe', vibe, query), reply);
  }

  @ApiOperation({ summary: 'Availability domains' })
  @Get('availability-domains')
  async domains(@Query() query: OfRegionQuery) {
    return this.queries.list(availabilityDomainsProjection, query, await this.byRegion(query));
  }

  @ApiOperation({ summary: 'An availability domain' })
  @Get('availability-domains/:region/:name')
  async domain(
    @Param('region') region: string,
    @Param('name') name: string,
    @Query() query: ReadQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const key = `${(await this.regionNamed(region, query)).region}/${name}`;
    return tagged(
      await this.queries.one(availabilityDomainsProjection, 'availability-domain', key, query),
      reply,
    );
  }

  @ApiOperation({ summary: 'Execution targets' })
  @Get('execution-targets')
  async targets(@Query() query: OfRegionQuery) {
    return this.queries.list(executionTargetsProjection, query, await this.byRegion(query));
  }

  @ApiOperation({ summary: 'An execution target' })
  @Get('execution-targets/:region/:name')
  async target(
    @Param('region') region: string,
    @Param('name') name: string,
    @Query() query: ReadQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const key = `${(await this.regionNamed(region, query)).region}/${name}`;
    return tagged(await this.queries.one(executionTargetsProjection, 'execution-target', key, query), reply);
  }

  @ApiOperation({ summary: 'Named subsets' })
  @Get('subsets')
  subsets(@Query() query: PageQuery) {
    return this.queries.list(subsetsProjection, query);
  }

  @ApiOperation({ summary: 'A named subset' })
  @Get('subsets/:subset')
  async subset(
    @Param('subset') subset: string,
    @Query() query: ReadQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return tagged(await this.queries.one(subsetsProjection, 'subset', subset, query), reply);
  }

  /** Who changed what, when, and under which ticket. */
  @ApiOperation({ summary: 'Who changed what, when, and under which ticket' })
  @Get('region-data/changes')
  async changes(@Query() query: ChangesQuery) {
    const direction = query.first === 'oldest' ? ('forwards' as const) : ('backwards' as const);
    const { entity, region } = query;
    const by =
      entity !== undefined
        ? { index: 'byEntity', equals: [entity] }
        : region !== undefined
          ? { index: 'byRegion', equals: [(await this.regionNamed(region, {})).region] }
          : {};
    return this.queries.list(regionDataChangesProjection, query, { ...by, direction });
  }

  private async regionNamed(name: string, query: ReadQuery): Promise<RegionRow> {
    try {
      return await this.queries.one(regionsProjection, 'region', name, query);
    } catch (error) {
      if (!(error instanceof Refused) || error.refusal.code !== 'region/unknown') throw error;
      const row = await this.queries.first(regionsProjection, 'byPublicName', name);
      if (row) return row;
      throw new Refused(
        refuse('region/unknown', `there is no region "${name}"`, {
          fix: 'look at the list of regions (`GET /v1/regions`)',
        }),
      );
    }
  }

  private async byRegion({ region }: OfRegionQuery) {
    if (region === undefined) return {};
    return { index: 'byRegion', equals: [(await this.regionNamed(region, {})).region] };
  }

  private async withTickets(rows: readonly RegionRow[]): Promise<readonly Shown[]> {
    const ids = [...new Set(rows.flatMap((r) => r.ticket ?? []))];
    const known = new Map((await this.tickets.statusOf(ids)).map((t) => [t.id, t]));
    return rows.map((r) => ({
      ...r,
      ticketStatus: r.ticket === null ? null : (known.get(r.ticket) ?? null),
    }));
  }
}

function tagged<Row extends Touched>(row: Row, reply: Reply): Row {
  reply.header('etag', etagOf(row.revision));
  return row;
}
