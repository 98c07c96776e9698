import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AvailableCapabilities } from '../contract/index.js';
import { CapabilityHandler } from './capability.handler.js';
import { StreamCapabilities } from './stream-capabilities.js';

/** What is available where. Needs `Aggregates` from a global module. */
@Module({
  providers: [{ provide: AvailableCapabilities, useClass: StreamCapabilities }],
  exports: [AvailableCapabilities],
})
export class CapabilitiesModule {}

/** Write side. Needs `Aggregates` from a global module. */
@Module({ imports: [CqrsModule], providers: [CapabilityHandler] })
export class CapabilitiesCommandsModule {}
