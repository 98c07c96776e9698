import { Module } from '@nestjs/common';
import { ParkedController } from './parked.controller.js';
import { ParkedQueriesController } from './parked.queries.controller.js';

/** What is parked, over HTTP. Needs `ReadStore` from a global module. */
@Module({ controllers: [ParkedQueriesController] })
export class ParkedQueriesModule {}

/** To have it tried again. Needs `ReadStore` from a global module. */
@Module({ controllers: [ParkedController] })
export class ParkedCommandsModule {}
