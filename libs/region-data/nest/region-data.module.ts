import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventStore } from '#libs/event-store';
import { RegionDataHistory, RegionNames, TicketSystem } from '../contract/index.js';
import { StoredRegionDataHistory } from '../history/index.js';
import { HttpTickets, RecordedTickets } from '../tickets/index.js';
import { RegionDataHandler } from './region-data.handler.js';
import { RegionDataCommands } from './region-data-commands.js';
import {
  RegionDataDocumentController,
  RegionDataImportController,
} from './region-data-document.controller.js';
import { RegionDataQueriesController } from './region-data.queries.controller.js';
import { RegionDataQueries } from './region-data.queries.js';
import { RegionSetsController } from './region-sets.controller.js';
import { RegionsController } from './regions.controller.js';

/** The value of region data at any revision. Needs `EventStore` from a global module. */
@Module({
  providers: [
    {
      provide: RegionDataHistory,
      useFactory: (store: EventStore) => new StoredRegionDataHistory(store),
      inject: [EventStore],
    },
    {
      provide: RegionNames,
      useFactory: (history: RegionDataHistory) => new RegionNames(history),
      inject: [RegionDataHistory],
    },
  ],
  exports: [RegionDataHistory, RegionNames],
})
export class RegionDataHistoryModule {}

/** Write side: needs `Aggregates`, and `RegionFacts` where builds are known, from global modules. */
@Module({
  imports: [CqrsModule],
  controllers: [RegionsController, RegionSetsController, RegionDataImportController],
  providers: [RegionDataHandler, RegionDataCommands],
  exports: [RegionDataCommands],
})
export class RegionDataCommandsModule {}

/** Read side: needs `EventStore`, `ReadModels` and `ProjectionPositions` from global modules. */
@Module({
  imports: [RegionDataHistoryModule],
  controllers: [RegionDataDocumentController, RegionDataQueriesController],
  providers: [RegionDataQueries, { provide: TicketSystem, useFactory: () => ticketSystemFrom(process.env) }],
})
export class RegionDataQueriesModule {}

/** `CIOS_TICKETS_URL` (with `{id}`) and `CIOS_TICKETS_AUTHORIZATION` connect a ticketing system; without, tickets are as recorded. */
export function ticketSystemFrom(env: NodeJS.ProcessEnv): TicketSystem {
  const url = env['CIOS_TICKETS_URL'];
  const authorization = env['CIOS_TICKETS_AUTHORIZATION'];
  return url ? new HttpTickets({ url, ...(authorization && { authorization }) }) : new RecordedTickets();
}
