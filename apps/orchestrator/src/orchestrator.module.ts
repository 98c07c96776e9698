import { Module } from '@nestjs/common';
import { BuildsWorkModule } from '#libs/builds/nest';
import { CapabilitiesWorkModule } from '#libs/capabilities/nest';
import { CompilationCommandsModule } from '#libs/compilation/nest';
import { RegionDataCommandsModule } from '#libs/region-data/nest';
import { ReleasesWorkModule } from '#libs/releases/nest';
import { Orchestrator } from './orchestrator.js';
import { Seals } from './seals.js';
import { Webhooks } from './webhooks.js';

/** MFO and the updater, with the handlers that its sagas' commands reach in this process. */
@Module({
  imports: [
    RegionDataCommandsModule,
    CompilationCommandsModule,
    BuildsWorkModule,
    ReleasesWorkModule,
    CapabilitiesWorkModule,
  ],
  providers: [Orchestrator, Webhooks, Seals],
  exports: [Orchestrator],
})
export class OrchestratorModule {}
