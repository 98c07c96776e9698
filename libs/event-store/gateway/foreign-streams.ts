import { randomUUID } from 'node:crypto';
import { type RecordedEvent } from '#libs/kernel';
import {
  WrongExpectedRevision,
  type Appended,
  type EventStore,
  type Expected,
  type NewEvent,
} from '../port/event-store.js';
import { FOREIGN } from '../port/foreign.js';
import { StreamTombstoned } from './failures.js';
import { foreignEvent, JSON_TYPE, wireEvent } from './wire-event.js';

/** `$tb` of a deleted stream: beyond every revision. A double, because JSON has no other. */
const DELETED = 2 ** 63;
const TOMBSTONE = '$streamDeleted';
/** Where the server tells of itself. */
export const SYSTEM = '$gateway';

/** What the protocol knows of a stream beside its events. */
export interface StreamState {
  /** Of the last event, -1n where there is none; a deleted stream keeps counting. */
  readonly last: bigint;
  readonly isDeleted: boolean;
  /** First revision that is shown, by `$tb` and `$maxCount`. */
  readonly first: bigint;
  /** Earliest time that is shown, ms, by `$maxAge`. */
  readonly since: number;
}

/**
 * Streams of others, with EventStoreDB's deletion, tombstones and stream metadata (`$$name`), kept as events under `FOREIGN`.
 * Truncated events are hidden, never removed. Appends to one stream are handed to the store one after another and share its
 * commits; deletion and what follows it wait for those before. Streams are independent.
 */
export class ForeignStreams {
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Appends handed to the store that are not on the disk yet. */
  readonly #pending = new Map<string, Promise<unknown>>();

  constructor(private readonly store: EventStore) {}

  /** A store that is served for the first time says so in `$all`, as EventStoreDB's first events are of the system. */
  async initialise(protocol: string): Promise<void> {
    for await (const _ of this.store.readStream(FOREIGN + SYSTEM, { limit: 1 })) return;
    const first = systemEvent('$GatewayInitialized', { protocol }, 'gateway');
    await this.store.append(FOREIGN + SYSTEM, [first], { expected: 'absent' });
  }

  /** Throws `StreamTombstoned`. Two reads. */
  async state(name: string): Promise<StreamState> {
    const last = await this.#last(FOREIGN + name);
    if (last?.type === TOMBSTONE) throw new StreamTombstoned(name);
    const revision = last?.revision ?? -1n;
    if (name.startsWith('$$')) return { last: revision, isDeleted: false, first: revision, since: -Infinity };
    const { $tb, $maxCount, $maxAge } = await this.#metadata(name);
    const isDeleted = typeof $tb === 'number' && $tb >= DELETED;
    const bounds = [0n];
    if (isCount($tb)) bounds.push(BigInt($tb));
    if (isCount($maxCount) && $maxCount > 0) bounds.push(revision - BigInt($maxCount) + 1n);
    return {
      last: revision,
      isDeleted,
      first: bounds.reduce((a, b) => (a > b ? a : b)),
      since: isCount($maxAge) && $maxAge > 0 ? Date.now() - $maxAge * 1000 : -Infinity,
    };
  }

  /** What is to be seen of a stream; null where there is none. Metadata of a tombstoned stream may be written, not read. */
  async read(
    name: string,
    options: { readonly from?: bigint; readonly direction: 'forwards' | 'backwards'; readonly limit: number },
  ): Promise<AsyncIterable<RecordedEvent> | null> {
    if (name.startsWith('$$')) await this.state(name.slice(2));
    const state = await this.state(name);
    if (state.last < 0n || state.isDeleted) return null;
    return this.#visible(name, state, options);
  }

  async *#visible(
    name: string,
    { first, since }: StreamState,
    { from, direction, limit }: { from?: bigint; direction: 'forwards' | 'backwards'; limit: number },
  ): AsyncIterable<RecordedEvent> {
    const start = direction === 'forwards' && (from ?? 0n) < first ? first : from;
    let left = limit;
    if (left <= 0) return;
    const events = this.store.readStream(FOREIGN + name, {
      direction,
      ...(start !== undefined && { from: start }),
    });
    for await (const event of events) {
      if (event.revision < first) return;
      if (since > -Infinity && Date.parse(event.recordedAt) < since) {
        if (direction === 'backwards') return;
        continue;
      }
      yield event;
      left -= 1;
      if (left === 0) return;
    }
  }

  /** Throws `WrongExpectedRevision`, `StreamTombstoned` and what the store throws. No events: the expectation alone is checked. */
  async append(
    name: string,
    events: readonly NewEvent[],
    expected: Expected,
    deadlineMs: number,
  ): Promise<Appended | { readonly revision: bigint; readonly position: null }> {
    const { done } = await this.#inTurn(name, async () => {
      const { isDeleted } = await this.state(name);
      if (events.length === 0 || isDeleted)
        return { done: await this.#appendAlone(name, events, expected, deadlineMs) };
      // Not awaited here: the next one joins the same commit.
      const appending = this.store.append(FOREIGN + name, events, { expected, deadlineMs });
      this.#remember(name, appending);
      return { done: appending };
    });
    return done;
  }

  async #appendAlone(name: string, events: readonly NewEvent[], expected: Expected, deadlineMs: number) {
    await this.#pending.get(name);
    const state = await this.state(name);
    if (events.length === 0) {
      this.#mustMeet(name, state, expected);
      return { revision: state.last, position: null };
    }
    return state.isDeleted
      ? this.#beginAgain(name, state.last, events, expected, deadlineMs)
      : this.store.append(FOREIGN + name, events, { expected, deadlineMs });
  }

  /** An append to a deleted stream: what was before stays hidden. */
  async #beginAgain(
    name: string,
    last: bigint,
    events: readonly NewEvent[],
    expected: Expected,
    deadlineMs: number,
  ): Promise<Appended> {
    if (expected === 'exists') throw new StreamTombstoned(name);
    // An append from before the deletion, repeated; or refused. Nothing new either way.
    if (typeof expected === 'bigint' && expected !== last)
      return this.store.append(FOREIGN + name, events, { expected, deadlineMs });
    const repeated = expected === 'any' ? await this.#repetition(name, events) : null;
    if (repeated) return repeated;
    const metadata = { ...(await this.#metadata(name)), $tb: Number(last + 1n) };
    // Handed over in one go, the two are one commit: events without the metadata would stand in a stream that is still deleted,
    // where they are appended once more when they are repeated.
    const held = last < 0n ? 'absent' : last;
    const [appended] = await Promise.all([
      this.store.append(FOREIGN + name, events, { expected: held, deadlineMs }),
      this.#writeMetadata(name, metadata),
    ]);
    return appended;
  }

  /** The answer where these events are the stream's last ones. */
  async #repetition(name: string, events: readonly NewEvent[]): Promise<Appended | null> {
    const limit = events.length;
    const stored: RecordedEvent[] = [];
    for await (const event of this.store.readStream(FOREIGN + name, { direction: 'backwards', limit }))
      stored.unshift(event);
    const end = stored[limit - 1];
    return end && stored.every(({ id }, i) => id === events[i]!.id)
      ? { revision: end.revision, position: end.position, repeated: true }
      : null;
  }

  #remember(name: string, appending: Promise<unknown>): void {
    const all = Promise.allSettled([this.#pending.get(name), appending]).then(() => {
      if (this.#pending.get(name) === all) this.#pending.delete(name);
    });
    this.#pending.set(name, all);
  }

  /** Hides all there is; the stream may begin again. Position of the deletion. */
  delete(name: string, expected: Expected): Promise<bigint> {
    return this.#inTurn(name, async () => {
      await this.#pending.get(name);
      const state = await this.state(name);
      this.#mustMeet(name, state, expected);
      // Neither events nor metadata: whatever is expected, there is nothing to delete.
      if (state.last < 0n && !(await this.#last(`${FOREIGN}$$${name}`)))
        throw new WrongExpectedRevision(name, expected, null);
      return (await this.#writeMetadata(name, { $tb: DELETED })).position;
    });
  }

  /** Ends the stream for ever. */
  tombstone(name: string, expected: Expected, actor: string): Promise<bigint> {
    return this.#inTurn(name, async () => {
      await this.#pending.get(name);
      this.#mustMeet(name, await this.state(name), expected);
      const end = systemEvent(TOMBSTONE, {}, actor);
      return (await this.store.append(FOREIGN + name, [end], { expected: 'any' })).position;
    });
  }

  #mustMeet(name: string, { last, isDeleted }: StreamState, expected: Expected): void {
    if (expected === 'exists' && isDeleted) throw new StreamTombstoned(name);
    const isThere = last >= 0n && !isDeleted;
    const isMet =
      expected === 'any' ||
      (expected === 'absent' && !isThere) ||
      (expected === 'exists' && isThere) ||
      expected === last;
    if (!isMet) throw new WrongExpectedRevision(name, expected, last < 0n ? null : last);
  }

  async #metadata(name: string): Promise<Record<string, unknown>> {
    const last = await this.#last(`${FOREIGN}$$${name}`);
    if (!last) return {};
    try {
      const value: unknown = JSON.parse(Buffer.from(wireEvent(last).data).toString('utf8'));
      return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
    } catch {
      return {};
    }
  }

  #writeMetadata(name: string, metadata: Record<string, unknown>): Promise<Appended> {
    const event = systemEvent('$metadata', metadata, 'gateway');
    return this.store.append(`${FOREIGN}$$${name}`, [event], { expected: 'any' });
  }

  async #last(stream: string): Promise<RecordedEvent | null> {
    for await (const event of this.store.readStream(stream, { direction: 'backwards', limit: 1 }))
      return event;
    return null;
  }

  #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#turns.set(name, mine);
    const done = () => {
      if (this.#turns.get(name) === mine) this.#turns.delete(name);
    };
    mine.then(done, done);
    return mine;
  }
}

/** What else anybody may write into metadata bounds nothing. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function systemEvent(type: string, data: unknown, actor: string): NewEvent {
  const bytes = Buffer.from(JSON.stringify(data).replace(String(DELETED), '9223372036854775807'));
  return foreignEvent(
    { id: randomUUID(), type, contentType: JSON_TYPE, data: bytes, metadata: Buffer.alloc(0) },
    actor,
  );
}
