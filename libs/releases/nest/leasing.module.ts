import { Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import { CapabilityRequest } from '#libs/capabilities/contract';
import { Aggregates, EventStore } from '#libs/event-store';
import { refuse, Refused } from '#libs/kernel';
import { ProjectionPositions, ReadQueries, ReadStore } from '#libs/read-store';
import { RegionDataHistory } from '#libs/region-data/contract';
import { OpenReleases, RegionalLeases, RegionalRegister } from '../leasing/index.js';
import { RegionalsController } from './regionals.controller.js';

@Injectable()
class Stopping implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  readonly signal = this.stopping.signal;

  onModuleDestroy(): void {
    this.stopping.abort();
  }
}

/** Milliseconds that a Regional holds what it leased without renewing: `CIOS_REGIONAL_TERM_MS`, default 10,000. */
function termMsFrom(env: NodeJS.ProcessEnv): number {
  const given = env['CIOS_REGIONAL_TERM_MS'];
  const ms = given === undefined ? 10_000 : Number(given);
  if (Number.isInteger(ms) && ms >= 1_000 && ms <= 600_000) return ms;
  throw new Refused(
    refuse('regional/invalid-setting', `CIOS_REGIONAL_TERM_MS: ${given}`, {
      fix: 'set it to a number of milliseconds from 1000 to 600000',
    }),
  );
}

/**
 * Regionals that lease over HTTP, for apps that run apart. Needs `EventStore`, `ReadStore`, `BlobStore`, `Aggregates`,
 * `RegionDataHistory` and the handler of capabilities from other modules.
 */
@Module({
  imports: [CqrsModule],
  controllers: [RegionalsController],
  providers: [
    Stopping,
    {
      provide: OpenReleases,
      useFactory: (
        events: EventStore,
        queries: ReadQueries,
        positions: ProjectionPositions,
        history: RegionDataHistory,
      ) =>
        new OpenReleases(events, queries, positions, history, (error) => {
          console.error('open releases: %s', error);
        }),
      inject: [EventStore, ReadQueries, ProjectionPositions, RegionDataHistory],
    },
    {
      provide: RegionalLeases,
      useFactory: (
        aggregates: Aggregates,
        blobs: BlobStore,
        open: OpenReleases,
        rows: ReadStore,
        commands: CommandBus,
        { signal }: Stopping,
      ) =>
        new RegionalLeases(
          aggregates,
          blobs,
          open,
          new RegionalRegister(rows, termMsFrom(process.env)),
          (command, context) => commands.execute(new CapabilityRequest(command, context)),
          signal,
        ),
      inject: [Aggregates, BlobStore, OpenReleases, ReadStore, CommandBus, Stopping],
    },
  ],
})
export class LeasingModule {}
