import { join } from 'node:path';
import { type OnApplicationShutdown } from '@nestjs/common';
import { Ledger, SimulatedExecutor, type SimulationOptions } from '../adapters/simulated/index.js';
import { type Executor, Executors } from '../contract/index.js';

/** Executors whose world lies in `<data>/world`. */
export class LocalExecutors extends Executors implements OnApplicationShutdown {
  readonly #byName: ReadonlyMap<string, Executor>;

  private constructor(
    private readonly ledger: Ledger,
    simulation: SimulationOptions,
  ) {
    super();
    const simulated = new SimulatedExecutor(ledger, simulation);
    this.#byName = new Map([[simulated.name, simulated]]);
  }

  static async open(data: string, simulation: SimulationOptions = {}): Promise<LocalExecutors> {
    return new LocalExecutors(await Ledger.open(join(data, 'world', 'ledger.jsonl')), simulation);
  }

  get(name: string): Executor | undefined {
    return this.#byName.get(name);
  }

  names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  async onApplicationShutdown(): Promise<void> {
    await this.ledger.close();
  }
}
