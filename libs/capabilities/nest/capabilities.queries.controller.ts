import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReadQuery } from '#libs/http';
import { ReadQueries } from '#libs/read-store';
import { RegionNames } from '#libs/region-data/contract';
import { capabilitiesProjection } from '../projections/index.js';

/** Which capabilities there are. Who waits for one is MFO's to say: `…/capabilities/waiting` of builds. */
@ApiTags('capabilities')
@ApiBearerAuth()
@Controller('v1/regions/:region/capabilities')
export class CapabilitiesQueriesController {
  constructor(
    private readonly queries: ReadQueries,
    private readonly regions: RegionNames,
  ) {}

  @ApiOperation({ summary: 'Capabilities of a region' })
  @Get()
  async list(@Param('region') name: string, @Query() { after }: ReadQuery) {
    const region = await this.regions.internal(name);
    await this.queries.reflects([capabilitiesProjection.name], after);
    const rows = await this.queries.all(capabilitiesProjection, { index: 'region', equals: [region] });
    return { items: rows.map((r) => r.row) };
  }
}
