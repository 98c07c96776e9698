import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CarryOutNode } from './carry-out-node.js';
import { PlanSentRelease } from './plan-sent-release.js';
import { RegionalIdentity } from './regional-identity.js';
import { RegionalHandler, ReleaseHandler } from './release.handlers.js';

/** Write side of releases. Needs `Aggregates` from a global module. */
@Module({ imports: [CqrsModule], providers: [ReleaseHandler] })
export class ReleasesCommandsModule {}

/** A Regional's work. Needs `EventStore`, `Aggregates`, `BlobStore`, `Executors` and `Probes` from global modules. */
@Module({
  imports: [CqrsModule],
  providers: [CarryOutNode, PlanSentRelease, RegionalIdentity, RegionalHandler],
})
export class RegionalWorkModule {}
