import { type DynamicModule, Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { BlobStore, openBlobStore } from '#libs/blob-store';
import { Aggregates, AggregateStore, EventStore, openEventStore } from '#libs/event-store';
import {
  openReadStore,
  ProjectionPositions,
  ReadModels,
  ReadQueries,
  ReadStore,
  StoredPositions,
} from '#libs/read-store';
import { type InstallationSettings } from '../settings.js';
import { upcasters } from '../upcasters.js';
import { HealthController } from './health.controller.js';
import { INSTALLATION } from './installation-token.js';

/** Closes the stores after everybody who uses them has stopped. */
@Injectable()
class Stores implements OnApplicationShutdown {
  constructor(
    private readonly events: EventStore,
    private readonly rows: ReadStore,
    private readonly blobs: BlobStore,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.events.close();
    await this.rows.close();
    await this.blobs.close();
  }
}

/** The stores of one installation, and what every context asks of them. Opened once for each process. */
@Global()
@Module({})
export class InfrastructureModule {
  static forRoot(settings: InstallationSettings): DynamicModule {
    return {
      module: InfrastructureModule,
      controllers: [HealthController],
      providers: [
        { provide: INSTALLATION, useValue: settings },
        { provide: EventStore, useFactory: () => openEventStore(settings.eventStore) },
        { provide: ReadStore, useFactory: () => openReadStore(settings.readStore) },
        { provide: BlobStore, useFactory: () => openBlobStore(settings.blobStore) },
        {
          provide: Aggregates,
          useFactory: (store: EventStore) => new AggregateStore(store, { upcasters }),
          inject: [EventStore],
        },
        {
          provide: ProjectionPositions,
          useFactory: (rows: ReadStore) => new StoredPositions(rows),
          inject: [ReadStore],
        },
        { provide: ReadModels, useFactory: (rows: ReadStore) => new ReadModels(rows), inject: [ReadStore] },
        {
          provide: ReadQueries,
          useFactory: (models: ReadModels, positions: ProjectionPositions) =>
            new ReadQueries(models, positions),
          inject: [ReadModels, ProjectionPositions],
        },
        Stores,
      ],
      exports: [
        INSTALLATION,
        EventStore,
        ReadStore,
        BlobStore,
        Aggregates,
        ProjectionPositions,
        ReadModels,
        ReadQueries,
      ],
    };
  }
}
