import { setTimeout as sleep } from 'node:timers/promises';
import { type Executors, type Probes } from '#libs/executors/contract';
import { Refused } from '#libs/kernel';
import {
  type Central,
  type LeasedOperation,
  type LeasedPlan,
  type RegionalPlace,
} from '../contract/index.js';
import { carryOut } from './carry-out.js';
import { planOperations } from './plan-operations.js';

export interface LeasingWorkerOptions {
  /** Central for one run of this Regional; its calls end with `signal`. */
  readonly connect: (signal: AbortSignal) => Central;
  readonly places: readonly RegionalPlace[];
  readonly executors: Executors;
  readonly probes: Probes;
  /** Operations and plans at once. */
  readonly workers: number;
  readonly onError: (error: unknown, where: string) => void;
}

/** How long Central is asked to wait for work, ms. */
const waitMs = 10_000;
/** How long what is under way may go on after a stop, ms. */
const graceMs = 8_000;
/** Pause before an attempt that ended in a fault may be leased again, doubled up to the second figure; ms. */
const faultPauseMs = [500, 30_000] as const;

/**
 * CIOS Regional apart from the stores: leases work, carries it out, reports. It holds what it leased for a term from its last renewal, by
 * its own clock from before it asked; past that, or when another run of it has joined, it does nothing any more.
 */
export class LeasingWorker {
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #faults = new Map<string, number>();

  constructor(private readonly options: LeasingWorkerOptions) {}

  /** Since when Central has not been heard of; null: all is well. */
  lostSince: Date | null = new Date();

  /** Resolves after `stop`, with everything given back; rejects with `regional/superseded`, and where Central refuses to take it in. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const ended = new AbortController();
      const central = this.options.connect(ended.signal);
      const cut = () => {
        ended.abort();
      };
      stop.addEventListener('abort', cut, { once: true });
      try {
        const asked = performance.now();
        const { termMs } = await central.join(this.options.places);
        stop.removeEventListener('abort', cut);
        this.lostSince = null;
        await this.#session(central, { validUntil: asked + termMs, termMs }, ended, stop);
      } catch (error) {
        if (isAborted(stop)) return;
        if (!ended.signal.aborted) throw error;
        if (ended.signal.reason instanceof Refused) throw ended.signal.reason;
        this.options.onError(error, 'lease lost: joining again');
      } finally {
        stop.removeEventListener('abort', cut);
        ended.abort();
        await Promise.all(this.#underWay.values());
        this.#faults.clear();
      }
    }
  }

  async #session(
    central: Central,
    term: { validUntil: number; termMs: number },
    ended: AbortController,
    stop: AbortSignal,
  ): Promise<void> {
    const renewing = this.#renew(central, term, ended);
    const leasing = new AbortController();
    const halt = () => {
      leasing.abort();
    };
    stop.addEventListener('abort', halt, { once: true });
    if (stop.aborted) halt();
    try {
      await Promise.race([this.#lease(central, ended.signal, leasing.signal), aborted(leasing.signal)]);
      ended.signal.throwIfAborted();
      await Promise.race([Promise.all(this.#underWay.values()), sleep(graceMs, undefined, { ref: false })]);
      await Promise.race([central.leave(), sleep(1_000, undefined, { ref: false })]);
    } finally {
      stop.removeEventListener('abort', halt);
      ended.abort();
      await renewing;
    }
  }

  /** Until the session ends; ends it where the term does. */
  async #renew(
    central: Central,
    term: { validUntil: number; termMs: number },
    ended: AbortController,
  ): Promise<void> {
    const over = () => {
      this.lostSince ??= new Date();
      ended.abort(new Error('Central has not renewed the lease within its term'));
    };
    let timer = setTimeout(over, term.validUntil - performance.now());
    try {
      for (;;) {
        await sleep(term.termMs / 3, undefined, { signal: ended.signal });
        const asked = performance.now();
        const { termMs } = await central.renew(this.options.places);
        clearTimeout(timer);
        timer = setTimeout(over, asked + termMs - performance.now());
      }
    } catch (error) {
      // `regional/superseded` is the end of this Regional; one that is not known any more joins again.
      if (error instanceof Refused && error.refusal.code === 'regional/not-joined')
        ended.abort(new Error(error.message));
      else if (!ended.signal.aborted) ended.abort(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #lease(central: Central, signal: AbortSignal, halted: AbortSignal): Promise<void> {
    while (!signal.aborted && !halted.aborted) {
      const free = this.options.workers - this.#underWay.size;
      if (free <= 0) {
        await Promise.race(this.#underWay.values());
        continue;
      }
      const underWay = [...this.#underWay.keys()];
      let work;
      try {
        work = await central.lease({ limit: free, waitMs, underWay });
      } catch (error) {
        // The renewal finds out what became of this run.
        if (!(error instanceof Refused)) throw error;
        await sleep(500, undefined, { signal });
        continue;
      }
      if (isAborted(halted)) return;
      for (const plan of work.plans) this.#begin(plan, signal, () => this.#plan(central, plan));
      for (const operation of work.operations)
        this.#begin(operation, signal, () => this.#carryOut(central, operation, signal));
    }
  }

  #begin({ id }: { readonly id: string }, signal: AbortSignal, work: () => Promise<void>): void {
    if (this.#underWay.has(id)) return;
    const run = work()
      .then(() => this.#faults.delete(id))
      .catch(async (error: unknown) => {
        if (signal.aborted) return;
        // Another's now, or over: what is still to do is leased again.
        if (!(error instanceof Refused)) this.options.onError(error, id);
        const faults = this.#faults.get(id) ?? 0;
        this.#faults.set(id, faults + 1);
        await sleep(Math.min(faultPauseMs[0] * 2 ** faults, faultPauseMs[1]), undefined, { signal }).catch(
          () => undefined,
        );
      })
      .then(() => {
        this.#underWay.delete(id);
      });
    this.#underWay.set(id, run);
  }

  async #plan(central: Central, plan: LeasedPlan): Promise<void> {
    await central.plan(plan, await planOperations(plan.nodes, plan.place, this.options.executors));
  }

  async #carryOut(central: Central, operation: LeasedOperation, signal: AbortSignal): Promise<void> {
    await carryOut(
      operation,
      this.options,
      {
        start: (action) => central.report(operation, { outcome: 'start', action }),
        succeed: (action, outputs) => central.report(operation, { outcome: 'succeed', action, outputs }),
        fail: (error) => central.report(operation, { outcome: 'fail', error }),
        uncertain: () => central.report(operation, { outcome: 'uncertain' }),
        publish: (probeFailure) => central.report(operation, { outcome: 'publish', probeFailure }),
      },
      AbortSignal.any([signal, AbortSignal.timeout(operationDeadlineMs)]),
    );
  }
}

/** Longest that one operation may take: 1 hour. */
const operationDeadlineMs = 3_600_000;

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}

/** Asked anew, whatever was known before something was awaited. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
