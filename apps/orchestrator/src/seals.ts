import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { EventStore, PeriodicSeals, randomSalt } from '#libs/event-store';
import { type InstallationSettings } from '#libs/installation';
import { BackgroundRun, INSTALLATION } from '#libs/installation/nest';

/** Seals the log from time to time. */
@Injectable()
export class Seals implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly run = new BackgroundRun('seals');

  constructor(
    private readonly store: EventStore,
    @Inject(INSTALLATION) private readonly settings: InstallationSettings,
  ) {}

  onApplicationBootstrap(): void {
    const { store, settings } = this;
    const { sealEveryMs: everyMs } = settings;
    const seals = new PeriodicSeals({
      store,
      salt: randomSalt,
      actor: 'mfo',
      ...(everyMs !== undefined && { everyMs }),
    });
    this.run.start((signal) => seals.run(signal));
  }

  async onModuleDestroy(): Promise<void> {
    await this.run.stop();
  }
}
