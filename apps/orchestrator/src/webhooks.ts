import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import { BackgroundRun } from '#libs/installation/nest';
import { WebhookRunner } from '#libs/notifications/delivery';
import { SIGNING_KEY } from '#libs/notifications/nest';
import { ReadStore } from '#libs/read-store';
import { ReadThroughImports } from '#libs/region-data/history';

/** The updater: tells subscribers of what changed. */
@Injectable()
export class Webhooks implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly run = new BackgroundRun('webhooks');

  constructor(
    private readonly store: EventStore,
    private readonly readStore: ReadStore,
    @Inject(SIGNING_KEY) private readonly signingKey: string,
  ) {}

  onApplicationBootstrap(): void {
    const runner = new WebhookRunner({
      eventStore: new ReadThroughImports(this.store),
      readStore: this.readStore,
      signingKey: this.signingKey,
    });
    this.run.start((signal) => runner.run(signal));
  }

  async onModuleDestroy(): Promise<void> {
    await this.run.stop();
  }
}
