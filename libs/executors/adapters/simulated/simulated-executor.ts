import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Json } from '#libs/kernel';
import { type DesiredNode } from '#libs/releases/contract';
import {
  type ActualNode,
  Executor,
  type NodeIdentity,
  OperationAttemptFailed,
  type OperationPlan,
} from '../../contract/index.js';
import { differences } from './differences.js';
import { type Effect, type Ledger } from './ledger.js';

export interface SimulationOptions {
  readonly seed?: string;
  /** Milliseconds an operation takes, drawn evenly between these by its key. Default 40 to 400. */
  readonly durationMs?: readonly [number, number];
  /** Share of attempts that fail, drawn by key and attempt; default 0.02. */
  readonly failureRate?: number;
}

/**
 * A world that behaves: operations take a while, some attempts fail, outputs come into being, and every effect stands in a durable ledger,
 * from which the actual state is read. A key whose effect is there answers with its result; a failed attempt leaves no line.
 */
export class SimulatedExecutor extends Executor {
  readonly name = 'simulated';
  readonly canRead = true;
  readonly isIdempotent = true;
  readonly #seed: string;
  readonly #durationMs: readonly [number, number];
  readonly #failureRate: number;
  /** Keys under way in this process, so that one key never takes effect twice. */
  readonly #underWay = new Map<string, Promise<{ readonly outputs: Readonly<Record<string, Json>> }>>();

  constructor(
    private readonly ledger: Ledger,
    options: SimulationOptions = {},
  ) {
    super();
    this.#seed = options.seed ?? 'cios';
    this.#durationMs = options.durationMs ?? [40, 400];
    this.#failureRate = options.failureRate ?? 0.02;
  }

  async read(node: NodeIdentity): Promise<ActualNode | null> {
    await this.ledger.refresh();
    const effect = this.ledger.of(node);
    return effect ? { digest: effect.digest, attributes: effect.attributes, outputs: effect.outputs } : null;
  }

  /** What the ledger does not know stands as the region's baseline has it. */
  async plan(desired: DesiredNode, actual: ActualNode | null): Promise<OperationPlan> {
    const before = actual ?? desired.baseline ?? null;
    const changes = differences(before?.attributes ?? {}, desired.attributes);
    const isSame = before !== null && (before.digest === desired.digest || changes.length === 0);
    return {
      action: before === null ? 'create' : isSame ? 'none' : 'update',
      changes,
      saved: null,
    };
  }

  async apply(
    plan: OperationPlan,
    operation: {
      readonly key: string;
      readonly attempt: number;
      readonly desired: DesiredNode;
      readonly signal: AbortSignal;
    },
  ): Promise<{ readonly outputs: Readonly<Record<string, Json>> }> {
    const { key } = operation;
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const run = this.#run(plan, operation).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, run);
    return run;
  }

  async #run(
    plan: OperationPlan,
    { key, attempt, desired, signal }: Parameters<SimulatedExecutor['apply']>[1],
  ): Promise<{ readonly outputs: Readonly<Record<string, Json>> }> {
    await this.ledger.refresh();
    const known = this.ledger.byKey(key);
    if (known) return { outputs: known.outputs };
    const before = this.ledger.of(desired);
    if (plan.action === 'none')
      return { outputs: before?.outputs ?? (desired.baseline ? this.#outputs(desired) : {}) };

    const [shortest, longest] = this.#durationMs;
    await sleep(shortest + this.#draw('duration', key) * (longest - shortest), undefined, { signal });
    if (this.#draw(`failure ${attempt}`, key) < this.#failureRate)
      throw new OperationAttemptFailed(`simulated failure of attempt ${attempt} (${desired.address})`);

    const { region, environment, flock, target, address, attributes, digest } = desired;
    const outputs = plan.action === 'update' && before ? before.outputs : this.#outputs(desired);
    const effect: Effect = {
      key,
      region,
      environment,
      flock,
      target,
      address,
      action: plan.action as Effect['action'],
      digest,
      attributes,
      outputs,
    };
    return { outputs: (await this.ledger.record(effect)).outputs };
  }

  /** What comes into being with a node: the same for the same node, whenever it is created. */
  #outputs({ region, environment, flock, target, address }: DesiredNode): Readonly<Record<string, Json>> {
    const id = this.#hash('id', JSON.stringify([region, environment, flock, target, address]));
    const octets = [id[0]! & 63, id[1]!, id[2]! || 1].join('.');
    return {
      id: `sim.${flock}.${id.toString('hex').slice(0, 16)}`,
      address: `10.${octets}`,
      endpoint: `${flock}-${id.toString('hex').slice(0, 6)}.${target}.internal`,
    };
  }

  /** Evenly in [0, 1), the same for the same words and seed. */
  #draw(purpose: string, key: string): number {
    return this.#hash(purpose, key).readUInt32BE(0) / 2 ** 32;
  }

  #hash(purpose: string, key: string): Buffer {
    return createHash('sha256').update(`${this.#seed}\n${purpose}\n${key}`).digest();
  }
}
