import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { BuildsModule } from '#libs/builds/nest';
import { CapabilitiesModule } from '#libs/capabilities/nest';
import { CompilationModule } from '#libs/compilation/nest';
import { EXECUTOR_SETTINGS, type ExecutorSettings, ExecutorsModule } from '#libs/executors/nest';
import { FlockCatalogueModule } from '#libs/flocks/nest';
import { signingKeyIn } from '#libs/notifications/delivery';
import { SIGNING_KEY } from '#libs/notifications/nest';
import { RegionDataHistoryModule } from '#libs/region-data/nest';
import { NodeRecordsModule } from '#libs/releases/nest';
import { type InstallationSettings } from '../settings.js';
import { INSTALLATION } from './installation-token.js';

/** The ports by which contexts ask one another: implemented by one, needed by many. */
@Global()
@Module({
  imports: [
    CqrsModule.forRoot(),
    RegionDataHistoryModule,
    FlockCatalogueModule,
    CompilationModule,
    CapabilitiesModule,
    ExecutorsModule,
    NodeRecordsModule,
    BuildsModule,
  ],
  providers: [
    {
      provide: EXECUTOR_SETTINGS,
      useFactory: ({ data, simulation }: InstallationSettings): ExecutorSettings => ({ data, simulation }),
      inject: [INSTALLATION],
    },
    {
      provide: SIGNING_KEY,
      useFactory: ({ data, secrets }: InstallationSettings) =>
        secrets.signingKey ?? signingKeyIn(join(data, 'access', 'signing-key')),
      inject: [INSTALLATION],
    },
  ],
  exports: [
    CqrsModule,
    RegionDataHistoryModule,
    FlockCatalogueModule,
    CompilationModule,
    CapabilitiesModule,
    ExecutorsModule,
    NodeRecordsModule,
    BuildsModule,
    EXECUTOR_SETTINGS,
    SIGNING_KEY,
  ],
})
export class SharedPortsModule {}
