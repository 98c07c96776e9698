import { type RecordedEvent } from '#libs/kernel';
import { type Appended, type EventStore, type Expected, type NewEvent } from '../port/event-store.js';
import { APPEND_LIMIT } from '../port/admit.js';
import { AppendTooLarge, DeadlineExceeded } from '../port/event-store.js';
import { FOREIGN, isForeign } from '../port/foreign.js';
import { isOwnName } from '../port/own-streams.js';
import { type Caller } from './access.js';
import { AccessRefused, StreamTombstoned } from './failures.js';
import { ForeignStreams, SYSTEM } from './foreign-streams.js';
import { StreamWatch } from './stream-watch.js';
import { foreignEvent, ownEvent, targetOf, type WireEvent } from './wire-event.js';

const ALL = '$all';

/** In bytes; what stores a name also keeps a prefix and `$$`. */
const NAME_LIMIT = 500;

/** What an append of no events answers has no position. */
export type Written = Pick<Appended, 'revision'> & { readonly position: bigint | null };

/**
 * The store as a caller sees it: CIOS's own streams, read-only but to CIOS itself and hidden from strangers, and the streams of
 * others. A name is CIOS's own where CIOS names streams so, and where CIOS has written.
 */
export class GatewayLog {
  readonly foreign: ForeignStreams;
  readonly watch: StreamWatch;

  constructor(readonly store: EventStore) {
    this.foreign = new ForeignStreams(store);
    this.watch = new StreamWatch(store);
  }

  async isOwn(name: string): Promise<boolean> {
    if (isOwnName(name)) return true;
    for await (const _ of this.store.readStream(name, { limit: 1 })) return true;
    return false;
  }

  /** The stream under which the store has it. Throws `AccessRefused`, and a TypeError on what is no name. */
  async storedName(name: string, caller: Caller): Promise<string> {
    mustBeName(name);
    if (!(await this.isOwn(name))) return FOREIGN + name;
    if (!caller.readsOwn)
      throw new AccessRefused(`stream ${name} belongs to CIOS; it is read with a credential`);
    return name;
  }

  isVisible(stream: string, caller: Caller): boolean {
    return caller.readsOwn || isForeign(stream);
  }

  /** What a link leads to; null where that is not there, no longer shown, or not this caller's to read. */
  async linked(link: RecordedEvent, caller: Caller): Promise<RecordedEvent | null> {
    const target = targetOf(link);
    if (!target) return null;
    const { name, revision: from } = target;
    try {
      const stored = await this.storedName(name, caller);
      const found = isForeign(stored)
        ? await this.foreign.read(name, { from, direction: 'forwards', limit: 1 })
        : this.store.readStream(stored, { from, limit: 1 });
      for await (const event of found ?? []) return event.revision === from ? event : null;
      return null;
    } catch (error) {
      if (error instanceof AccessRefused || error instanceof StreamTombstoned) return null;
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  /** Throws `AccessRefused` and `AppendTooLarge`, a TypeError on what is no name or event, and what the store throws. */
  async append(
    name: string,
    events: readonly WireEvent[],
    expected: Expected,
    caller: Caller,
    deadlineMs: number,
  ): Promise<Written> {
    mustBeName(name);
    if (deadlineMs <= 0) throw new DeadlineExceeded(`the deadline of the append to ${name} has passed`);
    // As EventStoreDB measures it, which keeps a type in UTF-16.
    const bytes = events.reduce((sum, e) => sum + e.data.length + e.metadata.length + 2 * e.type.length, 0);
    if (bytes > APPEND_LIMIT) throw new AppendTooLarge(bytes, APPEND_LIMIT);
    const own = caller.isOwn && !name.startsWith('$') ? await this.#chained(name, events) : null;
    if (own) return this.store.append(name, own, { expected, deadlineMs });
    await this.mustBeForeign(name);
    const foreign = events.map((event) => foreignEvent(event, caller.name));
    return this.foreign.append(name, foreign, expected, deadlineMs);
  }

  /**
   * The events as CIOS's own, to a stream that is or becomes CIOS's; null where CIOS writes to others' streams like anybody.
   * Throws a TypeError where an event for a stream of CIOS's bears no chain, `AccessRefused` where a chained one is for others'.
   */
  async #chained(name: string, events: readonly WireEvent[]): Promise<readonly NewEvent[] | null> {
    if (await this.isOwn(name)) return events.map(ownEvent);
    let own: readonly NewEvent[];
    try {
      own = events.map(ownEvent);
    } catch {
      return null;
    }
    if (own.length > 0 && (await this.#isOthers(name)))
      throw new AccessRefused(`stream ${name} belongs to others; CIOS keeps no record there`);
    return own.length > 0 ? own : null;
  }

  async #isOthers(name: string): Promise<boolean> {
    for await (const _ of this.store.readStream(FOREIGN + name, { limit: 1 })) return true;
    return false;
  }

  /**
   * Throws `AccessRefused` where the stream, or the one that a metadata stream is about, is CIOS's own or the server's, and a
   * TypeError on what is no name.
   */
  async mustBeForeign(name: string): Promise<void> {
    mustBeName(name);
    const about = name.startsWith('$$') ? name.slice(2) : name;
    if (about === ALL || about === SYSTEM)
      throw new AccessRefused(`stream ${about} is the server's; others may only read it`);
    if (about !== '' && (await this.isOwn(about)))
      throw new AccessRefused(`stream ${about} belongs to CIOS; others may only read it`);
  }
}

/** Throws a TypeError. */
function mustBeName(name: string): void {
  if (name === '') throw new TypeError('a stream needs a name');
  const about = name.startsWith('$$') ? name.slice(2) : name;
  const bytes = Buffer.byteLength(about);
  if (bytes > NAME_LIMIT)
    throw new TypeError(`a stream's name has at most ${NAME_LIMIT} bytes here, and this one ${bytes}`);
}
