import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import { EventStore } from '#libs/event-store';
import { FlockCatalogue } from '#libs/flocks/contract';
import { RegionDataHistory } from '#libs/region-data/contract';
import { RegionCompiler, SettledCompilation } from '../contract/index.js';
import { CompilationLog, FleetCompilation, StoredSettledCompilation } from '../compiler/index.js';
import { CompilationHandler } from './compilation.handler.js';
import { CompilationsController } from './compilations.controller.js';

/**
 * The compiler of this process, current on demand. Needs `EventStore`, `BlobStore`, `RegionDataHistory` and `FlockCatalogue`
 * from global modules.
 */
@Module({
  providers: [
    {
      provide: FleetCompilation,
      useFactory: (history: RegionDataHistory, catalogue: FlockCatalogue, store: EventStore) =>
        new FleetCompilation(history, catalogue, new CompilationLog(store)),
      inject: [RegionDataHistory, FlockCatalogue, EventStore],
    },
    { provide: RegionCompiler, useExisting: FleetCompilation },
    {
      provide: SettledCompilation,
      useFactory: (store: EventStore, blobs: BlobStore, history: RegionDataHistory) =>
        new StoredSettledCompilation(store, blobs, history),
      inject: [EventStore, BlobStore, RegionDataHistory],
    },
  ],
  exports: [FleetCompilation, RegionCompiler, SettledCompilation],
})
export class CompilationModule {}

/** Carries out what `compilationSaga` asks for: needs `Aggregates` from a global module. */
@Module({ imports: [CqrsModule, CompilationModule], providers: [CompilationHandler] })
export class CompilationCommandsModule {}

/** Read side: needs `ReadQueries` from a global module. */
@Module({ imports: [CompilationModule], controllers: [CompilationsController] })
export class CompilationQueriesModule {}
