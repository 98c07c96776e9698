import { StoreUnavailable, type EventStore } from '../port/event-store.js';
import { wireName } from './wire-event.js';

/** Called after an append to the stream; with an error when the store can be followed no longer. */
export type Changed = (error?: unknown) => void;

/** Tells subscribers of single streams when theirs moved: one subscription to the store for all of them, while there are any. */
export class StreamWatch {
  readonly #watched = new Map<string, Set<Changed>>();
  #following: { readonly stop: AbortController; readonly begun: Promise<unknown> } | null = null;

  constructor(private readonly store: EventStore) {}

  /** What is appended to the stream of this name on the wire after this resolves is told. Returns how to end it. */
  async watch(name: string, changed: Changed): Promise<() => void> {
    const all = this.#watched.get(name) ?? new Set();
    this.#watched.set(name, all.add(changed));
    const unwatch = () => {
      all.delete(changed);
      if (all.size === 0 && this.#watched.get(name) === all) this.#watched.delete(name);
      if (this.#watched.size > 0) return;
      this.#following?.stop.abort();
      this.#following = null;
    };
    this.#following ??= this.#follow();
    try {
      await this.#following.begun;
    } catch (error) {
      unwatch();
      throw error;
    }
    return unwatch;
  }

  #follow() {
    const stop = new AbortController();
    const begun = this.store.head();
    const follow = async () => {
      const after = await begun;
      const { signal } = stop;
      for await (const item of this.store.subscribe({
        ...(after !== null && { after }),
        foreign: true,
        signal,
      })) {
        if (item.kind !== 'event') continue;
        for (const changed of this.#watched.get(wireName(item.event.stream)) ?? []) changed();
      }
      if (!signal.aborted) throw new StoreUnavailable('the event store is closed');
    };
    follow().catch((error: unknown) => {
      if (this.#following?.stop !== stop) return;
      this.#following = null;
      for (const all of this.#watched.values()) for (const changed of all) changed(error);
    });
    return { stop, begun };
  }
}
