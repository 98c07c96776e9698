import { randomUUID } from 'node:crypto';
import {
  Controller,
  type DynamicModule,
  Get,
  Global,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  Res,
} from '@nestjs/common';
import { Executors, Probes } from '#libs/executors/contract';
import { EXECUTOR_SETTINGS, ExecutorsModule, type ExecutorSettings } from '#libs/executors/nest';
import { HttpCentral, LeasingWorker } from '#libs/releases/worker';
import { type RegionalSettings } from './regional-settings.js';

@Injectable()
class LeasingRegional implements OnApplicationBootstrap, OnModuleDestroy {
  readonly worker: LeasingWorker;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    { commandApi, token, name, places, workers }: RegionalSettings,
    executors: Executors,
    probes: Probes,
  ) {
    this.worker = new LeasingWorker({
      connect: (signal) => new HttpCentral({ url: commandApi, token, name, session: randomUUID() }, signal),
      places,
      executors,
      probes,
      workers,
      onError: (error, where) => {
        console.error(`${name}: ${where}: ${error instanceof Error ? error.message : String(error)}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.running = this.worker.run(this.stopping.signal).catch((error: unknown) => {
      console.error(`regional ends: ${error instanceof Error ? error.message : String(error)}`);
      process.exit(1);
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }
}

@Controller('v1')
class RegionalHealthController {
  constructor(private readonly regional: LeasingRegional) {}

  /** Whether Central renews its leases. */
  @Get('health')
  health(@Res({ passthrough: true }) reply: { code(status: number): unknown }) {
    const { lostSince } = this.regional.worker;
    if (lostSince !== null) reply.code(503);
    return { status: lostSince === null ? 'up' : 'down', lostSince };
  }
}

@Global()
@Module({})
class SettingsModule {}

/** CIOS Regional by itself: its executors, and Central over HTTP. It opens no store. */
@Module({})
export class LeasingRegionalModule {
  static with(settings: RegionalSettings): DynamicModule {
    const executors: ExecutorSettings = { data: settings.data, simulation: settings.simulation };
    return {
      module: LeasingRegionalModule,
      imports: [
        {
          module: SettingsModule,
          providers: [{ provide: EXECUTOR_SETTINGS, useValue: executors }],
          exports: [EXECUTOR_SETTINGS],
        },
        ExecutorsModule,
      ],
      controllers: [RegionalHealthController],
      providers: [
        {
          provide: LeasingRegional,
          useFactory: (found: Executors, probes: Probes) => new LeasingRegional(settings, found, probes),
          inject: [Executors, Probes],
        },
      ],
    };
  }
}
