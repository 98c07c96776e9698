import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CarryOutNode } from './carry-out-node.js';
import { PlanSentRelease } from './plan-sent-release.js';
import { RegionalIdentity } from './regional-identity.js';
import { NodeRecords } from '../contract/index.js';
import { RegionalHandler, ReleaseHandler } from './release.handlers.js';
import { ReleasesController } from './releases.controller.js';
import { ReleasesQueriesController } from './releases.queries.controller.js';
import { StoredNodeRecords } from './stored-node-records.js';

/** Carries out commands on releases. Needs `Aggregates` from a global module. */
@Module({ imports: [CqrsModule], providers: [ReleaseHandler] })
export class ReleasesWorkModule {}

/** What people decide about releases. */
@Module({ imports: [CqrsModule, ReleasesWorkModule], controllers: [ReleasesController] })
export class ReleasesCommandsModule {}

/** A Regional's work. Needs `EventStore`, `Aggregates`, `BlobStore`, `Executors` and `Probes` from global modules. */
@Module({
  imports: [CqrsModule],
  providers: [CarryOutNode, PlanSentRelease, RegionalIdentity, RegionalHandler],
})
export class RegionalWorkModule {}

/** Current state of resources. Needs `ReadQueries` from a global module. */
@Module({
  providers: [{ provide: NodeRecords, useClass: StoredNodeRecords }],
  exports: [NodeRecords],
})
export class NodeRecordsModule {}

/** Read side. Needs `ReadQueries`, `BlobStore` and `RegionNames` from global modules. */
@Module({ controllers: [ReleasesQueriesController] })
export class ReleasesQueriesModule {}
