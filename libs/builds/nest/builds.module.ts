import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { RegionFacts } from '#libs/region-data/contract';
import { AvailableOutputs } from './available-outputs.js';
import { Baselines } from './baselines.js';
import { BuildProgressQuery } from './build-progress.js';
import { BuildsController } from './builds.controller.js';
import { BuildsQueriesController } from './builds.queries.controller.js';
import { CompiledNodes } from './compiled-nodes.js';
import { ConcludeRegionBuild } from './conclude-region-build.js';
import { DispatchReadyNode } from './dispatch-ready-node.js';
import { MergeRegionBuild } from './merge-region-build.js';
import { OpenRegionBuild } from './open-region-build.js';
import { RegionBuildHandler } from './region-build.handler.js';
import { BuiltRegionFacts } from './region-facts.js';
import { RegionPlanQuery } from './region-plan.js';
import { RegionPlanner } from './region-planner.js';
import { SendNodes } from './send-nodes.js';
import { StandingNodes } from './standing-nodes.js';
import { TakeBaseline } from './take-baseline.js';

/**
 * What reading and writing builds share. Needs `EventStore`, `Aggregates`, `BlobStore`, `ReadQueries`, `RegionDataHistory`,
 * `RegionCompiler`, `FlockCatalogue`, `AvailableCapabilities` and `NodeRecords` from global modules.
 */
@Module({
  providers: [
    AvailableOutputs,
    Baselines,
    BuildProgressQuery,
    OpenRegionBuild,
    RegionPlanQuery,
    RegionPlanner,
    StandingNodes,
    { provide: RegionFacts, useClass: BuiltRegionFacts },
  ],
  exports: [
    AvailableOutputs,
    Baselines,
    BuildProgressQuery,
    OpenRegionBuild,
    RegionPlanQuery,
    RegionPlanner,
    StandingNodes,
    RegionFacts,
  ],
})
export class BuildsModule {}

/** Carries out what the builds saga asks for. */
@Module({
  imports: [CqrsModule, BuildsModule],
  providers: [
    CompiledNodes,
    ConcludeRegionBuild,
    DispatchReadyNode,
    MergeRegionBuild,
    RegionBuildHandler,
    SendNodes,
    TakeBaseline,
  ],
  exports: [MergeRegionBuild],
})
export class BuildsWorkModule {}

/** What people ask of builds. */
@Module({ imports: [BuildsModule, BuildsWorkModule], controllers: [BuildsController] })
export class BuildsCommandsModule {}

/** Read side. */
@Module({ imports: [BuildsModule], controllers: [BuildsQueriesController] })
export class BuildsQueriesModule {}
