import { type Appended, type EventStore, type Expected } from '../port/event-store.js';
import { APPEND_LIMIT } from '../port/admit.js';
import { AppendTooLarge } from '../port/event-store.js';
import { FOREIGN, isForeign } from '../port/foreign.js';
import { type Caller } from './access.js';
import { AccessRefused } from './failures.js';
import { ForeignStreams } from './foreign-streams.js';
import { foreignEvent, ownEvent, type WireEvent } from './wire-event.js';

/** What an append of no events answers has no position. */
export type Written = Pick<Appended, 'revision'> & { readonly position: bigint | null };

/**
 * The store as a caller sees it: CIOS's own streams, read-only but to CIOS itself and hidden from strangers, and the streams of
 * others. A name is CIOS's own as soon as CIOS has written there.
 */
export class GatewayLog {
  readonly foreign: ForeignStreams;
  readonly #own = new Set<string>();

  constructor(readonly store: EventStore) {
    this.foreign = new ForeignStreams(store);
  }

  async isOwn(name: string): Promise<boolean> {
    if (this.#own.has(name)) return true;
    for await (const _ of this.store.readStream(name, { limit: 1 })) {
      this.#own.add(name);
      return true;
    }
    return false;
  }

  /** The stream under which the store has it. Throws `AccessRefused`. */
  async storedName(name: string, caller: Caller): Promise<string> {
    if (!(await this.isOwn(name))) return FOREIGN + name;
    if (!caller.readsOwn)
      throw new AccessRefused(`stream ${name} belongs to CIOS; it is read with a credential`);
    return name;
  }

  isVisible(stream: string, caller: Caller): boolean {
    return caller.readsOwn || isForeign(stream);
  }

  /** Throws `AccessRefused` and `AppendTooLarge`, a TypeError on what is no event, and what the store throws. */
  async append(
    name: string,
    events: readonly WireEvent[],
    expected: Expected,
    caller: Caller,
    deadlineMs: number,
  ): Promise<Written> {
    if (name === '') throw new TypeError('a stream needs a name');
    const bytes = events.reduce((sum, e) => sum + e.data.length + e.metadata.length, 0);
    if (bytes > APPEND_LIMIT) throw new AppendTooLarge(bytes, APPEND_LIMIT);
    if (caller.isOwn && !name.startsWith('$')) {
      const own = events.map(ownEvent);
      return this.store.append(name, own, { expected, deadlineMs });
    }
    await this.mustBeForeign(name);
    const foreign = events.map((event) => foreignEvent(event, caller.name));
    return this.foreign.append(name, foreign, expected, deadlineMs);
  }

  /** Throws `AccessRefused` where the stream, or the one that a metadata stream is about, is CIOS's own. */
  async mustBeForeign(name: string): Promise<void> {
    const about = name.startsWith('$$') ? name.slice(2) : name;
    if (about !== '' && (await this.isOwn(about)))
      throw new AccessRefused(`stream ${about} belongs to CIOS; others may only read it`);
  }
}
