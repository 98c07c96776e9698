import { type EventStore, WrongExpectedRevision } from './port/event-store.js';
import { pause } from './pause.js';
import { LogHeads, sealLog, SEALS } from './seal.js';

export interface PeriodicSealsOptions {
  readonly store: EventStore;
  readonly salt: () => string;
  /** Who the seals are from, as `access` knows it. */
  readonly actor: string;
  /** Milliseconds from one seal to the next; default a day. */
  readonly everyMs?: number;
  readonly now?: () => Date;
  /** Hears of every fault; the default writes to stderr. After one it goes on at the next look. */
  readonly onError?: (error: unknown) => void;
}

const dayMs = 86_400_000;
/** At least so often it is looked whether a seal is due, so that a clock that is set matters little. */
const lookMs = 60_000;

/**
 * Seals the log whenever the last seal, or the first event, is older than the period and something was appended since. When the next
 * is due follows from the log, so that restarts put nothing off, and of several that run only the first to come seals. Reads the
 * log from its beginning once, when the first seal of a run is due; memory O(streams).
 */
export class PeriodicSeals {
  readonly #heads = new LogHeads();
  readonly #everyMs: number;

  constructor(private readonly options: PeriodicSealsOptions) {
    this.#everyMs = options.everyMs ?? dayMs;
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.sealIfDue();
      } catch (error) {
        this.#report(error);
      }
      await pause(Math.min(this.#everyMs, lookMs), signal);
    }
  }

  /** False where there was no need, or another was first. */
  async sealIfDue(): Promise<boolean> {
    const { store, actor, salt } = this.options;
    const now = this.options.now?.() ?? new Date();
    const since = await this.#since();
    if (since === null || now.getTime() - since < this.#everyMs) return false;
    await this.#heads.readOn(store);
    if (!this.#heads.isUnsealed) return false;
    const commandId = `${SEALS}:${this.#heads.position}`;
    const context = { commandId, correlationId: commandId, actor, occurredAt: now.toISOString() };
    try {
      await sealLog(store, this.#heads, context, salt);
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return false;
      throw error;
    }
    return true;
  }

  /** When the last seal, else the first event, was written; null in an empty log. */
  async #since(): Promise<number | null> {
    const { store } = this.options;
    for await (const { recordedAt } of store.readStream(SEALS, { direction: 'backwards', limit: 1 }))
      return Date.parse(recordedAt);
    for await (const { recordedAt } of store.readAll({ limit: 1 })) return Date.parse(recordedAt);
    return null;
  }

  #report(error: unknown): void {
    if (this.options.onError) this.options.onError(error);
    else console.error('seals:', error);
  }
}
