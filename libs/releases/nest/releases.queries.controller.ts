import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BlobStore } from '#libs/blob-store';
import { ReadQuery } from '#libs/http';
import { refuse, Refused } from '#libs/kernel';
import { ReadQueries } from '#libs/read-store';
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
  ) {}

  @ApiOperation({ summary: 'Releases' })
  @Get()
  async list(@Query() { build, region, status, cursor, after, limit = 100 }: ReleasesQuery) {
    const [index, value] =
      build !== undefined
        ? (['build', build] as const)
        : region !== undefined
          ? (['region', region] as const)
          : (['status', status] as const);
    const page = await this.queries.list(releasesProjection, {
      limit,
      ...(value !== undefined && { index, equals: [value] }),
      ...(cursor !== undefined && { cursor }),
      ...(after !== undefined && { after }),
    });
    const rows = page.rows.map((r) => r.row).filter((row) => status === undefined || row.status === status);
    return { items: rows, ...(page.next !== undefined && { next: page.next }) };
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
