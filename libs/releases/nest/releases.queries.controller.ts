import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BlobStore } from '#libs/blob-store';
import { ReadQuery } from '#libs/http';
import { refuse, Refused } from '#libs/kernel';
import { ReadQueries } from '#libs/read-store';
import { RegionNames } from '#libs/region-data/contract';
import { type ReleasePlan } from '../contract/index.js';
import { releasesProjection } from '../projections/index.js';
import { ReleasesQuery } from './requests.js';

@ApiTags('releases')
@ApiBearerAuth()
@Controller('v1/releases')
export class ReleasesQueriesController {
  constructor(
    private readonly queries: ReadQueries,
    private readonly blobs: BlobStore,
    private readonly regions: RegionNames,
  ) {}

  @ApiOperation({ summary: 'Releases' })
  @Get()
  async list(@Query() { build, region, status, cursor, after, limit = 100 }: ReleasesQuery) {
    const within =
      build !== undefined
        ? ({ by: 'build', value: build } as const)
        : region !== undefined
          ? ({ by: 'region', value: await this.regions.internal(region) } as const)
          : null;
    const filter = within
      ? status === undefined
        ? { index: within.by, equals: [within.value] }
        : { index: `${within.by}Status`, equals: [within.value, status] }
      : status !== undefined && { index: 'status', equals: [status] };
    const page = await this.queries.list(releasesProjection, {
      limit,
      ...filter,
      ...(cursor !== undefined && { cursor }),
      ...(after !== undefined && { after }),
    });
    return { items: page.rows.map((r) => r.row), ...(page.next !== undefined && { next: page.next }) };
  }

  /** The release with the operations of its plan. */
  @ApiOperation({ summary: 'A release with the operations of its plan' })
  @Get(':release')
  async show(@Param('release') release: string, @Query() { after }: ReadQuery) {
    const row = (await this.queries.get(releasesProjection, release, after))?.row;
    if (!row)
      throw new Refused(
        refuse('release/unknown', `there is no release ${release}`, {
          fix: 'list them with: cios plan list',
        }),
      );
    const plan = row.plan === null ? null : ((await this.blobs.getJson(row.plan)) as ReleasePlan);
    return { ...row, operations: plan?.operations ?? [] };
  }
}
