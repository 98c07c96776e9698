import { Module } from '@nestjs/common';
import { AccessModule } from '#libs/access/nest';
import { CompilationQueriesModule } from '#libs/compilation/nest';
import { FlocksQueriesModule } from '#libs/flocks/nest';
import { RegionDataQueriesModule } from '#libs/region-data/nest';

/** CIOS Central, read side: projections, and the live stream of events. */
@Module({
  imports: [AccessModule, RegionDataQueriesModule, FlocksQueriesModule, CompilationQueriesModule],
})
export class QueryApiModule {}
