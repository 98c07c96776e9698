import { Module } from '@nestjs/common';
import { AccessCommandsModule } from '#libs/access/nest';
import { BuildsCommandsModule } from '#libs/builds/nest';
import { CapabilitiesCommandsModule } from '#libs/capabilities/nest';
import { FlocksCommandsModule } from '#libs/flocks/nest';
import { NotificationsModule } from '#libs/notifications/nest';
import { ParkedCommandsModule } from '#libs/read-store/nest';
import { RegionDataCommandsModule } from '#libs/region-data/nest';
import { LeasingModule, ReleasesCommandsModule } from '#libs/releases/nest';

/** CIOS Central, write side; the write interfaces of RRDD and of the Capabilities Service. */
@Module({
  imports: [
    AccessCommandsModule,
    RegionDataCommandsModule,
    FlocksCommandsModule,
    BuildsCommandsModule,
    ReleasesCommandsModule,
    CapabilitiesCommandsModule,
    NotificationsModule,
    ParkedCommandsModule,
  ],
})
export class CommandApiModule {}

/** The same where Regionals run apart: they lease here. In one process with a Regional nobody else does. */
@Module({ imports: [CommandApiModule, LeasingModule] })
export class ApartCommandApiModule {}
