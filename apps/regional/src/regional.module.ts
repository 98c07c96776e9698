import { Module } from '@nestjs/common';
import { CapabilitiesWorkModule } from '#libs/capabilities/nest';
import { RegionalWorkModule } from '#libs/releases/nest';
import { Regional } from './regional.js';

/** CIOS Regional with its worker and deployment orchestrator. */
@Module({ imports: [RegionalWorkModule, CapabilitiesWorkModule], providers: [Regional] })
export class RegionalModule {}
