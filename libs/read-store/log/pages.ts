import { type RecordedEvent } from '#libs/kernel';
import { type EventStore } from '#libs/event-store';

/** Events in log order, and how far the log has been read with them. */
export interface EventPage {
  readonly events: readonly RecordedEvent[];
  /** At least the position of the last event; further where a filter passed over more. Null only in an empty log. */
  readonly position: bigint | null;
  /** True once everything stored when the subscription began has been delivered. */
  readonly caughtUp: boolean;
}

export interface PageOptions {
  readonly after: bigint | null;
  readonly types: readonly string[];
  readonly signal: AbortSignal;
  /** At most so many events in a page; the subscription is not read further meanwhile. */
  readonly max?: number;
}

/**
 * A subscription as pages. A page is whatever arrived while the former one was handled: one event when live, many when
 * catching up, so that nothing waits for a page to fill. Ends when `signal` is aborted.
 */
export async function* pagesOf(store: EventStore, options: PageOptions): AsyncGenerator<EventPage> {
  const { after, types, max = 4_000 } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const items = store.subscribe({ types, signal, ...(after !== null && { after }) });
  const state = { done: false, caughtUp: false, failure: null as { error: unknown } | null };
  /** The page that is filling; `news` where there is something to say. */
  let filling = empty();
  let wake = (): void => undefined;
  let makeRoom = (): void => undefined;

  const pump = async (): Promise<void> => {
    try {
      for await (const item of items) {
        if (item.kind === 'event') {
          filling.events.push(item.event);
          filling.position = item.event.position;
          filling.news = true;
        } else {
          if (item.kind === 'caught-up') state.caughtUp = true;
          filling.news = true;
          // An empty log is caught up at -1.
          if (item.position >= 0n && (filling.position ?? -1n) < item.position)
            filling.position = item.position;
        }
        wake();
        if (filling.events.length >= max) await new Promise<void>((resolve) => (makeRoom = resolve));
        if (signal.aborted) break;
      }
    } catch (error) {
      if (!signal.aborted) state.failure = { error };
    } finally {
      state.done = true;
      wake();
    }
  };
  const pumping = pump();
  const onAbort = (): void => {
    makeRoom();
    wake();
  };
  signal.addEventListener('abort', onAbort);
  try {
    for (;;) {
      if (signal.aborted) return;
      if (!filling.news) {
        if (state.failure !== null) throw state.failure.error;
        if (state.done) return;
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const { events, position } = filling;
      filling = empty();
      makeRoom();
      yield { events, position, caughtUp: state.caughtUp };
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stop.abort();
    makeRoom();
    await pumping;
  }
}

function empty(): { readonly events: RecordedEvent[]; position: bigint | null; news: boolean } {
  return { events: [], position: null, news: false };
}
