import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { type InstallationSettings } from '../settings.js';
import { InfrastructureModule } from './infrastructure.module.js';
import { SharedPortsModule } from './shared-ports.module.js';

@Module({})
class Installation {}

/** The modules of some apps, in one process on one set of stores. */
export function installationOf(settings: InstallationSettings, ...apps: readonly Type[]): DynamicModule {
  return {
    module: Installation,
    imports: [InfrastructureModule.forRoot(settings), SharedPortsModule, ...apps],
  };
}
