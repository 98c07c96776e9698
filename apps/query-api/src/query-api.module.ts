import { Module } from '@nestjs/common';
import { AccessModule } from '#libs/access/nest';
import { BuildsQueriesModule } from '#libs/builds/nest';
import { CapabilitiesQueriesModule } from '#libs/capabilities/nest';
import { CompilationQueriesModule } from '#libs/compilation/nest';
import { EventsModule } from '#libs/event-store/nest';
import { FlocksQueriesModule } from '#libs/flocks/nest';
import { ParkedQueriesModule } from '#libs/read-store/nest';
import { RegionDataQueriesModule } from '#libs/region-data/nest';
import { ReleasesQueriesModule } from '#libs/releases/nest';

/** CIOS Central, read side: projections, and the live stream of events. */
@Module({
  imports: [
    AccessModule,
    RegionDataQueriesModule,
    FlocksQueriesModule,
    CompilationQueriesModule,
    BuildsQueriesModule,
    ReleasesQueriesModule,
    CapabilitiesQueriesModule,
    EventsModule,
    ParkedQueriesModule,
  ],
})
export class QueryApiModule {}
