import { randomUUID } from 'node:crypto';
import { type ServerWritableStream } from '@grpc/grpc-js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
import { type RecordedEvent } from '#libs/kernel';
import { Doorbell } from '../adapters/doorbell.js';
import { isForeign } from '../port/foreign.js';
import { type Caller } from './access.js';
import { filterOf } from './filter.js';
import { type GatewayLog } from './log.js';
import {
  caughtUp,
  checkpoint,
  confirmation,
  nameOf,
  readEvent,
  readLink,
  streamNotFound,
} from './messages.js';
import { Sender } from './sender.js';
import { isLink } from './wire-event.js';

type ReadCall = ServerWritableStream<Streams.ReadReq, Streams.ReadResp>;

/** Answers one `Read` call: a read or a subscription, of one stream or of all. Ends when all is sent or the caller goes. */
export async function answerRead(call: ReadCall, log: GatewayLog, caller: Caller): Promise<void> {
  const options = call.request.getOptions();
  if (!options || !(options.hasStream() || options.hasAll())) throw new TypeError('a read needs options');
  const reading = new Reading(call, log, caller, options);
  if (options.hasSubscription()) {
    await (options.hasStream() ? reading.subscribeToStream() : reading.subscribeToAll());
  } else await (options.hasStream() ? reading.readStream() : reading.readAll());
}

class Reading {
  readonly #caller: Sender<Streams.ReadResp>;
  readonly #structuredIds: boolean;

  constructor(
    call: ReadCall,
    private readonly log: GatewayLog,
    private readonly caller: Caller,
    private readonly options: Streams.ReadReq.Options,
  ) {
    this.#structuredIds = options.getUuidOption()?.hasStructured() === true;
    this.#caller = new Sender(call);
  }

  async readStream(): Promise<void> {
    const stream = this.options.getStream()!;
    const name = nameOf(stream.getStreamIdentifier());
    const backwards = this.#isBackwards();
    const direction = backwards ? 'backwards' : 'forwards';
    const limit = this.#limit();
    const from = stream.hasRevision() ? { from: BigInt(stream.getRevision()) } : {};
    const isPastEnd = backwards ? stream.hasStart() : stream.hasEnd();
    const stored = await this.log.storedName(name, this.caller);
    let events: AsyncIterable<RecordedEvent> | null;
    if (!isForeign(stored)) events = this.log.store.readStream(stored, { ...from, direction, limit });
    else events = await this.log.foreign.read(name, { ...from, direction, limit });
    if (events === null) {
      await this.#caller.send(streamNotFound(name));
      return;
    }
    if (isPastEnd) {
      // From the end forwards there is nothing; from the start backwards the first event at most.
      if (backwards) await this.#sendAll(this.log.store.readStream(stored, { limit: Math.min(1, limit) }));
      return;
    }
    await this.#sendAll(events);
  }

  async readAll(): Promise<void> {
    const all = this.options.getAll()!;
    const backwards = this.#isBackwards();
    if (backwards ? all.hasStart() : all.hasEnd()) return;
    const position = all.getPosition();
    // Forwards a position belongs to what is read, backwards it is the bound before which reading begins.
    const at = position ? BigInt(position.getCommitPosition()) : null;
    const after = at === null ? null : backwards ? at : at - 1n;
    const filter = filterOf(this.options);
    let left = this.#limit();
    if (left <= 0) return;
    const events = this.log.store.readAll({
      direction: backwards ? 'backwards' : 'forwards',
      foreign: true,
      ...(after !== null && after >= 0n && { after }),
    });
    if (backwards && after !== null && after <= 0n) return;
    for await (const event of events) {
      if (!this.log.isVisible(event.stream, this.caller) || filter?.matches(event) === false) continue;
      if (!(await this.#caller.send(await this.#message(event)))) return;
      left -= 1;
      if (left === 0) return;
    }
  }

  async subscribeToStream(): Promise<void> {
    const options = this.options.getStream()!;
    const name = nameOf(options.getStreamIdentifier());
    const { signal } = this.#caller;
    const bell = new Doorbell();
    let [isStale, failure] = [true, null as unknown];
    const unwatch = await this.log.watch.watch(name, (error) => {
      isStale = true;
      failure ??= error ?? null;
      bell.ring();
    });
    try {
      let stored = await this.log.storedName(name, this.caller);
      let last = options.hasRevision() ? BigInt(options.getRevision()) : -1n;
      if (options.hasEnd()) last = await this.#lastRevision(stored);
      let more = await this.#caller.send(confirmation(randomUUID()));
      for (let isFirst = true; more; isFirst = false) {
        isStale = false;
        // CIOS may begin a stream that nobody had when the subscription began.
        stored = await this.log.storedName(name, this.caller);
        const from = last + 1n;
        const events = isForeign(stored)
          ? await this.log.foreign.read(name, { from, direction: 'forwards', limit: Infinity })
          : this.log.store.readStream(stored, { from });
        for await (const event of events ?? []) {
          if (!(await this.#caller.send(await this.#message(event)))) return;
          last = event.revision;
        }
        if (isFirst) more = await this.#caller.send(caughtUp());
        while (more && !isStaleNow()) {
          await bell.wait(signal);
          more = !signal.aborted;
        }
        if (failure !== null) throw failure as Error;
      }
    } finally {
      unwatch();
    }
    /** Asked in a function, because it changes while something else is awaited. */
    function isStaleNow(): boolean {
      return isStale;
    }
  }

  async subscribeToAll(): Promise<void> {
    const all = this.options.getAll()!;
    const filter = filterOf(this.options);
    const position = all.getPosition();
    const after = all.hasEnd()
      ? await this.log.store.head()
      : position
        ? BigInt(position.getCommitPosition())
        : null;
    await this.#caller.send(confirmation(randomUUID()));
    let [passedOver, at] = [0, after];
    for await (const item of this.log.store.subscribe({
      ...(after !== null && { after }),
      foreign: true,
      signal: this.#caller.signal,
    })) {
      if (item.kind === 'caught-up') {
        if (filter && passedOver > 0 && at !== null) await this.#caller.send(checkpoint(at));
        passedOver = 0;
        await this.#caller.send(caughtUp());
      }
      if (item.kind !== 'event') continue;
      const { event } = item;
      at = event.position;
      if (this.log.isVisible(event.stream, this.caller) && filter?.matches(event) !== false) {
        if (!(await this.#caller.send(await this.#message(event)))) return;
      }
      if (!filter) continue;
      passedOver += 1;
      if (passedOver < filter.window) continue;
      passedOver = 0;
      if (!(await this.#caller.send(checkpoint(at)))) return;
    }
  }

  async #message(event: RecordedEvent): Promise<Streams.ReadResp> {
    if (!this.options.getResolveLinks() || !isLink(event)) return readEvent(event, this.#structuredIds);
    return readLink(event, await this.log.linked(event, this.caller), this.#structuredIds);
  }

  #isBackwards(): boolean {
    return this.options.getReadDirection() === streamsPb.ReadReq.Options.ReadDirection.BACKWARDS;
  }

  #limit(): number {
    return Number(this.options.getCount());
  }

  async #lastRevision(stored: string): Promise<bigint> {
    const last = this.log.store.readStream(stored, { direction: 'backwards', limit: 1 });
    for await (const event of last) return event.revision;
    return -1n;
  }

  async #sendAll(events: AsyncIterable<RecordedEvent>): Promise<void> {
    for await (const event of events) if (!(await this.#caller.send(await this.#message(event)))) return;
  }
}
