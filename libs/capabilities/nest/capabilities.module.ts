import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AvailableCapabilities } from '../contract/index.js';
import { CapabilitiesController } from './capabilities.controller.js';
import { CapabilitiesQueriesController } from './capabilities.queries.controller.js';
import { CapabilityHandler } from './capability.handler.js';
import { StreamCapabilities } from './stream-capabilities.js';

/** What is available where. Needs `Aggregates` from a global module. */
@Module({
  providers: [{ provide: AvailableCapabilities, useClass: StreamCapabilities }],
  exports: [AvailableCapabilities],
})
export class CapabilitiesModule {}

/** Carries out commands. Needs `Aggregates` from a global module. */
@Module({ imports: [CqrsModule], providers: [CapabilityHandler] })
export class CapabilitiesWorkModule {}

/** What people ask of capabilities. Needs `RegionNames` from a global module. */
@Module({ imports: [CapabilitiesWorkModule], controllers: [CapabilitiesController] })
export class CapabilitiesCommandsModule {}

/** Read side. Needs `ReadQueries` and `RegionNames` from global modules. */
@Module({ controllers: [CapabilitiesQueriesController] })
export class CapabilitiesQueriesModule {}
