import { Module } from '@nestjs/common';
import { BuildsCommandsModule } from '#libs/builds/nest';
import { CapabilitiesCommandsModule } from '#libs/capabilities/nest';
import { CompilationCommandsModule } from '#libs/compilation/nest';
import { RegionDataCommandsModule } from '#libs/region-data/nest';
import { ReleasesCommandsModule } from '#libs/releases/nest';
import { Orchestrator } from './orchestrator.js';
import { Webhooks } from './webhooks.js';

/** MFO and the updater, with the handlers that its sagas' commands reach in this process. */
@Module({
  imports: [
    RegionDataCommandsModule,
    CompilationCommandsModule,
    BuildsCommandsModule,
    ReleasesCommandsModule,
    CapabilitiesCommandsModule,
  ],
  providers: [Orchestrator, Webhooks],
  exports: [Orchestrator],
})
export class OrchestratorModule {}
