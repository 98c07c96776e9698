import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import { EventStore } from '#libs/event-store';
import { upcasters } from '#libs/installation';
import { BackgroundRun } from '#libs/installation/nest';
import { ReadStore } from '#libs/read-store';
import { SagaRunner } from '#libs/read-store/saga-runner';
import { RegionalRequest, type RegionalCommand } from '#libs/releases/contract';
import { regionalSaga } from '#libs/releases/sagas';

/** Operations that a Regional carries out at once. */
const workers = 24;

/** CIOS Regional with its worker: plans the releases that were sent and carries out what was dispatched. */
@Injectable()
export class Regional implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sagas: SagaRunner;
  private readonly run = new BackgroundRun('regional');

  constructor(eventStore: EventStore, readStore: ReadStore, blobStore: BlobStore, commands: CommandBus) {
    this.sagas = new SagaRunner({
      eventStore,
      readStore,
      blobStore,
      upcast: (event) => upcasters.upcast(event),
      sagas: [
        {
          saga: regionalSaga,
          actor: 'regional',
          concurrency: workers,
          deadlineMs: 3_600_000,
          dispatch: async (command: RegionalCommand, context) => {
            await commands.execute(new RegionalRequest(command, context));
          },
        },
      ],
    });
  }

  onApplicationBootstrap(): void {
    this.run.start((signal) => this.sagas.run(signal));
  }

  async onModuleDestroy(): Promise<void> {
    await this.run.stop();
  }
}
