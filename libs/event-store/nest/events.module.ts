import { Module } from '@nestjs/common';
import { EventsController } from './events.controller.js';

/** The log over HTTP. Needs `EventStore` from a global module. */
@Module({ controllers: [EventsController] })
export class EventsModule {}
