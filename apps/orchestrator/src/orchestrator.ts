import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import {
  type BaselineCommand,
  BaselineRequest,
  RegionBuildRequest,
  type RegionBuildCommand,
} from '#libs/builds/contract';
import { buildsProjections } from '#libs/builds/projections';
import { baselineSaga, regionBuildSaga } from '#libs/builds/sagas';
import { CapabilityRequest, type CapabilityCommand } from '#libs/capabilities/contract';
import { capabilitiesProjections } from '#libs/capabilities/projections';
import { adoptionSaga } from '#libs/capabilities/sagas';
import { CompilationRequest, type CompilationCommand } from '#libs/compilation/contract';
import { compilationProjections } from '#libs/compilation/projections';
import { compilationSaga } from '#libs/compilation/sagas';
import { EventStore } from '#libs/event-store';
import { flocksProjections } from '#libs/flocks/projections';
import { upcasters } from '#libs/installation';
import { BackgroundRun } from '#libs/installation/nest';
import {
  ProjectionPositions,
  ProjectionRunner,
  type ProjectionRunnerStatus,
  ReadStore,
  type StoredPositions,
} from '#libs/read-store';
import { SagaRunner, type SagaStatus } from '#libs/read-store/saga-runner';
import { ReadThroughImports } from '#libs/region-data/history';
import { regionDataProjections } from '#libs/region-data/projections';
import { releasesProjections } from '#libs/releases/projections';

/** MFO and the updater: the only writer of read models, and the sagas that compile, merge, release and set states. */
@Injectable()
export class Orchestrator implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly projections: ProjectionRunner;
  private readonly sagas: SagaRunner;
  private readonly runs = [new BackgroundRun('projections'), new BackgroundRun('sagas')] as const;

  constructor(
    store: EventStore,
    readStore: ReadStore,
    blobStore: BlobStore,
    positions: ProjectionPositions,
    commands: CommandBus,
  ) {
    const eventStore = new ReadThroughImports(store);
    this.projections = new ProjectionRunner({
      eventStore,
      readStore,
      positions: positions as StoredPositions,
      upcast: (event) => upcasters.upcast(event),
      projections: [
        ...regionDataProjections,
        ...flocksProjections,
        ...compilationProjections,
        ...buildsProjections,
        ...releasesProjections,
        ...capabilitiesProjections,
      ],
    });
    this.sagas = new SagaRunner({
      eventStore,
      readStore,
      blobStore,
      upcast: (event) => upcasters.upcast(event),
      sagas: [
        {
          saga: compilationSaga,
          actor: 'mfo',
          concurrency: 1,
          dispatch: async (command: CompilationCommand, context) => {
            await commands.execute(new CompilationRequest(command, context));
          },
        },
        {
          saga: regionBuildSaga,
          actor: 'mfo',
          concurrency: 32,
          dispatch: async (command: RegionBuildCommand, context) => {
            await commands.execute(new RegionBuildRequest(command, context));
          },
        },
        {
          saga: baselineSaga,
          actor: 'mfo',
          dispatch: async (command: BaselineCommand, context) => {
            await commands.execute(new BaselineRequest(command, context));
          },
        },
        {
          saga: adoptionSaga,
          actor: 'mfo',
          dispatch: async (command: CapabilityCommand, context) => {
            await commands.execute(new CapabilityRequest(command, context));
          },
        },
      ],
    });
  }

  onApplicationBootstrap(): void {
    this.runs[0].start((signal) => this.projections.run(signal));
    this.runs[1].start((signal) => this.sagas.run(signal));
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.runs.map((run) => run.stop()));
  }

  status(): { readonly projections: ProjectionRunnerStatus; readonly sagas: readonly SagaStatus[] } {
    return { projections: this.projections.status(), sagas: this.sagas.status() };
  }
}
