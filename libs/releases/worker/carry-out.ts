import { type Executors, OperationAttemptFailed, type Probes } from '#libs/executors/contract';
import { type Json } from '#libs/kernel';
import { type DesiredNode, type OperationAction } from '../contract/index.js';
import { outputsOf } from './publication-of.js';

/** One attempt at one node, as a lease gives it. */
export interface Attempt {
  readonly key: string;
  /** From 1. */
  readonly attempt: number;
  /** Its intent was recorded, perhaps by a process that died since: what became of it is found out, never assumed. */
  readonly lost: boolean;
  /** What a lost attempt set out to do. */
  readonly action: OperationAction | null;
  readonly desired: DesiredNode;
}

/** Where a worker records what it does. Each call resolves when Central has it, and rejects with `Refused` once the lease is another's. */
export interface OperationRecord {
  /** The intent; nothing is done before it resolves. */
  start(action: OperationAction): Promise<unknown>;
  succeed(action: OperationAction, outputs: Readonly<Record<string, Json>>): Promise<unknown>;
  fail(error: string): Promise<unknown>;
  uncertain(): Promise<unknown>;
  /** Publishes the node's capability; with a reason: its probe failed. */
  publish(probeFailure: string | null): Promise<unknown>;
}

/**
 * The worker: carries out one attempt of one node. The intent is durable before anything is done, the result after; an attempt whose
 * result was lost is read back, or repeated under its key, or (an executor that can neither) handed to a person. Rejects with whatever
 * is no failed attempt: the result then counts as lost. `signal`: nothing may be done any more.
 */
export async function carryOut(
  { key, attempt, lost, action, desired }: Attempt,
  { executors, probes }: { readonly executors: Executors; readonly probes: Probes },
  record: OperationRecord,
  signal: AbortSignal,
): Promise<void> {
  const intent = { isRecorded: false };
  const start = async (what: OperationAction) => {
    await record.start(what);
    signal.throwIfAborted();
    intent.isRecorded = true;
  };
  try {
    if (desired.publishes) {
      const { environment, name, probe } = desired.publishes;
      await start('publish');
      const probeFailure = await probes.check(probe, { region: desired.region, environment, name });
      await record.publish(probeFailure);
      if (probeFailure !== null)
        throw new OperationAttemptFailed(`the probe of ${name} fails: ${probeFailure}`);
      await record.succeed('publish', outputsOf(desired));
      return;
    }
    const executor = executors.get(desired.executor);
    if (!executor)
      throw new OperationAttemptFailed(
        `no executor ${desired.executor} here; there are: ${executors.names().join(', ')}`,
      );
    if (lost && !executor.isIdempotent && !executor.canRead) {
      await record.uncertain();
      return;
    }
    const fresh = await executor.plan(desired, executor.canRead ? await executor.read(desired) : null);
    // A lost attempt goes on with what it set out to do: its effect may be there already, and still counts as its own.
    const plan = lost && action !== null ? { ...fresh, action } : fresh;
    await start(plan.action);
    const { outputs } = await executor.apply(plan, { key, attempt, desired, signal });
    await record.succeed(plan.action, outputs);
  } catch (error) {
    if (!(error instanceof OperationAttemptFailed)) throw error;
    if (!intent.isRecorded) await record.start(action ?? 'none');
    await record.fail(error.message);
  }
}
