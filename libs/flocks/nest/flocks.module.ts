import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import { EventStore } from '#libs/event-store';
import { StoredFlockCatalogue } from '../catalogue/index.js';
import { FlockCatalogue } from '../contract/index.js';
import { FlockHandler } from './flock.handler.js';
import { FlocksController } from './flocks.controller.js';
import { FlocksQueriesController } from './flocks.queries.controller.js';

/** Flock versions by name. Needs `EventStore` and `BlobStore` from a global module. */
@Module({
  providers: [
    {
      provide: FlockCatalogue,
      useFactory: (store: EventStore, blobs: BlobStore) => new StoredFlockCatalogue(store, blobs),
      inject: [EventStore, BlobStore],
    },
  ],
  exports: [FlockCatalogue],
})
export class FlockCatalogueModule {}

/** Write side: needs `Aggregates`, and `RegionDataHistory` from a global module. */
@Module({
  imports: [CqrsModule, FlockCatalogueModule],
  controllers: [FlocksController],
  providers: [FlockHandler],
})
export class FlocksCommandsModule {}

/** Read side: needs `ReadQueries` from a global module. */
@Module({ imports: [FlockCatalogueModule], controllers: [FlocksQueriesController] })
export class FlocksQueriesModule {}
