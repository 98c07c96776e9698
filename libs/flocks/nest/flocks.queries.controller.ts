import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PageQuery, ReadQuery } from '#libs/http';
import { refuse, Refused } from '#libs/kernel';
import { ReadQueries } from '#libs/read-store';
import { FlockCatalogue, type FlockVersion } from '../contract/index.js';
import { lineDiff } from '../domain/index.js';
import {
  artifactsProjection,
  flocksProjection,
  flockVersionsProjection,
  versionSetsProjection,
} from '../projections/index.js';
import { DiffQuery } from './requests.js';

@ApiTags('flocks')
@ApiBearerAuth()
@Controller('v1')
export class FlocksQueriesController {
  constructor(
    private readonly queries: ReadQueries,
    private readonly catalogue: FlockCatalogue,
  ) {}

  @ApiOperation({ summary: 'Flocks' })
  @Get('flocks')
  async flocks(@Query() { after, cursor, limit = 100 }: PageQuery) {
    const page = await this.queries.list(flocksProjection, { limit, ...paging(after, cursor) });
    return { items: page.rows.map((r) => r.row), ...(page.next !== undefined && { next: page.next }) };
  }

  @ApiOperation({ summary: 'A flock with its versions and artifacts' })
  @Get('flocks/:flock')
  async flock(@Param('flock') flock: string, @Query() { after }: ReadQuery) {
    const row = await this.queries.get(flocksProjection, flock, after);
    if (!row) throw unknown('flock', flock);
    const versions = await this.queries.all(flockVersionsProjection, { index: 'flock', equals: [flock] });
    const artifacts = await this.queries.all(artifactsProjection, { index: 'flock', equals: [flock] });
    return { ...row.row, history: versions.map((r) => r.row), artifacts: artifacts.map((r) => r.row) };
  }

  /** The files of a version, as they were published. */
  @ApiOperation({ summary: 'The files of a version' })
  @Get('flocks/:flock/versions/:version')
  async version(@Param('flock') flock: string, @Param('version') version: string) {
    const found = await this.found(flock, version);
    const files = await this.catalogue.files(found);
    return {
      ...found,
      files: found.files.map((f) => ({ ...f, text: Buffer.from(files.get(f.path) ?? []).toString('utf8') })),
    };
  }

  /** What changed between two versions, file by file and line by line. */
  @ApiOperation({ summary: 'What changed between two versions' })
  @Get('flocks/:flock/diff')
  async diff(@Param('flock') flock: string, @Query() { from, to }: DiffQuery) {
    const [older, newer] = await Promise.all([this.found(flock, from), this.found(flock, to)]);
    const [before, after] = await Promise.all([this.catalogue.files(older), this.catalogue.files(newer)]);
    const text = (files: ReadonlyMap<string, Uint8Array>, path: string) =>
      Buffer.from(files.get(path) ?? []).toString('utf8');
    const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
    return {
      flock,
      from,
      to,
      files: paths
        .filter((path) => text(before, path) !== text(after, path))
        .map((path) => ({
          path,
          status: !before.has(path) ? 'added' : !after.has(path) ? 'removed' : 'changed',
          hunks: lineDiff(text(before, path), text(after, path)),
        })),
    };
  }

  @ApiOperation({ summary: 'Version sets' })
  @Get('version-sets')
  async sets(@Query() { after, cursor, limit = 100 }: PageQuery) {
    const page = await this.queries.list(versionSetsProjection, { limit, ...paging(after, cursor) });
    return { items: page.rows.map((r) => r.row), ...(page.next !== undefined && { next: page.next }) };
  }

  @ApiOperation({ summary: 'A revision of a version set' })
  @Get('version-sets/:set/revisions/:revision')
  async set(@Param('set') set: string, @Param('revision') revision: string) {
    const ref = { set, revision: Number(revision) };
    const entries = await this.catalogue.entries(ref);
    if (!entries) throw unknown('version-set', `${set}@${revision}`);
    return { ...ref, ...entries };
  }

  @ApiOperation({ summary: 'Golden, the set of the ViBEs, and the pins' })
  @Get('version-selection')
  async selection() {
    const { golden, vibe, pins } = await this.catalogue.selection();
    return {
      golden,
      vibe,
      pins: [...pins].map(([key, version]) => {
        const [region, environment, ...flock] = key.split('/');
        return { region, environment, flock: flock.join('/'), version };
      }),
    };
  }

  private async found(flock: string, version: string): Promise<FlockVersion> {
    const found = await this.catalogue.version(flock, version);
    if (!found) throw unknown('flock-version', `${flock}@${version}`);
    return found;
  }
}

const unknown = (kind: string, name: string): Refused =>
  new Refused(
    refuse(`${kind}/unknown` as `${string}/${string}`, `there is no ${kind.replace('-', ' ')} ${name}`, {
      fix: 'look at the list of those that exist',
    }),
  );

const paging = (after: string | undefined, cursor: string | undefined) => ({
  ...(after !== undefined && { after }),
  ...(cursor !== undefined && { cursor }),
});
