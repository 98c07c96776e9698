import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CompiledNodes } from './compiled-nodes.js';
import { ConcludeRegionBuild } from './conclude-region-build.js';
import { DispatchReadyNode } from './dispatch-ready-node.js';
import { MergeRegionBuild } from './merge-region-build.js';
import { OpenRegionBuild } from './open-region-build.js';
import { RegionBuildHandler } from './region-build.handler.js';
import { RegionPlanner } from './region-planner.js';
import { SendNodes } from './send-nodes.js';

/**
 * Write side of builds, also what their saga asks for. Needs `EventStore`, `Aggregates`, `BlobStore`, `RegionDataHistory`,
 * `RegionCompiler`, `FlockCatalogue` and `AvailableCapabilities` from global modules.
 */
@Module({
  imports: [CqrsModule],
  providers: [
    CompiledNodes,
    ConcludeRegionBuild,
    DispatchReadyNode,
    MergeRegionBuild,
    OpenRegionBuild,
    RegionBuildHandler,
    RegionPlanner,
    SendNodes,
  ],
})
export class BuildsCommandsModule {}
