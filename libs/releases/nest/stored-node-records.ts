import { Injectable } from '@nestjs/common';
import { ReadQueries } from '#libs/read-store';
import { NodeRecords, type NodeRow } from '../contract/index.js';
import { nodesProjection } from '../projections/index.js';

/** Current state of resources, from the read model. */
@Injectable()
export class StoredNodeRecords extends NodeRecords {
  constructor(private readonly queries: ReadQueries) {
    super();
  }

  async ofRegion(region: string, after?: string): Promise<readonly NodeRow[]> {
    await this.queries.reflects([nodesProjection.name], after);
    return (await this.queries.all(nodesProjection, { index: 'region', equals: [region] })).map((r) => r.row);
  }
}
