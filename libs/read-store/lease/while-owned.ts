import { pause } from '#libs/event-store';
import { CheckpointMoved, type ReadStore } from '../port/read-store.js';
import { Lease } from './lease.js';

/**
 * `waiting` for the lease; `running`; `fenced`: somebody else has taken over, waiting for the lease again; `retrying` after a
 * fault, with backoff; `stopped`.
 */
export type OwnerState = 'waiting' | 'running' | 'fenced' | 'retrying' | 'stopped';

export interface OwnedWork {
  readonly store: ReadStore;
  readonly key: string;
  readonly ttlMs: number | undefined;
  /** Works until `signal` is aborted, by the caller or because the lease is lost. */
  work(lease: Lease, signal: AbortSignal): Promise<void>;
  changed(state: OwnerState, error?: string): void;
  onError(error: unknown, where: string): void;
}

/** A session that lasted so long in good health begins with the shortest backoff again. */
const healthyMs = 10_000;

/** Works whenever the lease is ours, again after each fault; resolves once `signal` is aborted and the lease given back. */
export async function whileOwned(owned: OwnedWork, signal: AbortSignal): Promise<void> {
  const ended = (): boolean => signal.aborted;
  let failures = 0;
  owned.changed('waiting');
  while (!ended()) {
    let lease: Lease | null = null;
    let began = performance.now();
    try {
      lease = await Lease.acquire(
        owned.store,
        owned.key,
        signal,
        owned.ttlMs === undefined ? {} : { ttlMs: owned.ttlMs },
      );
      if (lease === null) break;
      began = performance.now();
      owned.changed('running');
      await owned.work(lease, AbortSignal.any([signal, lease.lost]));
      if (lease.lost.aborted) owned.changed('fenced', taken(owned.key));
    } catch (error) {
      await lease?.release();
      if (ended()) break;
      if (error instanceof CheckpointMoved) owned.changed('fenced', taken(owned.key));
      else {
        owned.changed('retrying', error instanceof Error ? error.message : String(error));
        owned.onError(error, owned.key);
      }
      if (performance.now() - began > healthyMs) failures = 0;
      await pause(Math.min(100 * 2 ** failures++, 5_000), signal);
    } finally {
      await lease?.release();
    }
  }
  owned.changed('stopped');
}

const taken = (key: string): string => `another process works for ${key}; this one waits for its lease`;
