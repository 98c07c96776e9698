import { Module } from '@nestjs/common';
import { type SimulationOptions } from '../adapters/simulated/index.js';
import { Executors, Probes } from '../contract/index.js';
import { BuiltInProbes } from './built-in-probes.js';
import { LocalExecutors } from './local-executors.js';

/** Where local executors have their world, and how the simulated one behaves. */
export interface ExecutorSettings {
  readonly data: string;
  readonly simulation?: SimulationOptions;
}

export const EXECUTOR_SETTINGS = Symbol('executor settings');

/** Executors and probes of this process. Needs `EXECUTOR_SETTINGS` from a global module. */
@Module({
  providers: [
    {
      provide: Executors,
      useFactory: ({ data, simulation }: ExecutorSettings) => LocalExecutors.open(data, simulation),
      inject: [EXECUTOR_SETTINGS],
    },
    { provide: Probes, useClass: BuiltInProbes },
  ],
  exports: [Executors, Probes],
})
export class ExecutorsModule {}
