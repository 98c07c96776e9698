import {
  canonicalJson,
  sha256,
  type CommandContext,
  type DomainEvent,
  type RecordedEvent,
} from '#libs/kernel';
import { chainEvents, EMPTY_CHAIN, type ChainHead } from './chain.js';
import { type EventStore } from './port/event-store.js';

/** The stream in which seals stand. */
export const SEALS = 'log-seals';

/**
 * Holds what the log was when it was sealed: `count` events up to `position` (decimal, inclusive), and one root over the heads of
 * all streams. An exported seal finds what was altered, cut off or left out before it, chains recomputed or not.
 */
export interface LogSealed {
  readonly type: 'LogSealed';
  readonly data: Seal;
}

export interface Seal {
  readonly count: number;
  readonly position: string;
  readonly root: string;
}

/** The heads of all streams up to the last event seen. Memory O(streams). */
export class LogHeads {
  readonly #heads = new Map<string, ChainHead>();
  #count = 0;
  #position = -1n;

  /** Events in the order of the log. */
  add(event: RecordedEvent): void {
    this.#heads.set(event.stream, { revision: event.revision, hash: event.metadata.hash });
    this.#count += 1;
    this.#position = event.position;
  }

  /** Of the last event seen; -1n before the first. */
  get position(): bigint {
    return this.#position;
  }

  headOf(stream: string): ChainHead {
    return this.#heads.get(stream) ?? EMPTY_CHAIN;
  }

  /** Null before the first event. O(s log s) in the number of streams. */
  seal(): Seal | null {
    if (this.#count === 0) return null;
    const heads = [...this.#heads]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([stream, { revision, hash }]) => [stream, Number(revision), hash]);
    return { count: this.#count, position: String(this.#position), root: sha256(canonicalJson(heads)) };
  }
}

/**
 * Reads on from where `heads` stands (kept by the caller from one seal to the next), and appends a seal of all that was read.
 * Null, and nothing written, in an empty log. Rejects with `WrongExpectedRevision` where another sealed meanwhile: call again.
 */
export async function sealLog(
  store: EventStore,
  heads: LogHeads,
  context: CommandContext,
  salt: () => string,
): Promise<Seal | null> {
  for await (const event of store.readAll(heads.position < 0n ? {} : { after: heads.position }))
    heads.add(event);
  const seal = heads.seal();
  if (!seal) return null;
  const head = heads.headOf(SEALS);
  const sealed: DomainEvent<'LogSealed', Seal> = { type: 'LogSealed', data: seal };
  const { events } = chainEvents(SEALS, head, [sealed], context, salt);
  await store.append(SEALS, events, { expected: head.revision < 0n ? 'absent' : head.revision });
  return seal;
}

/** What a seal says is wrong with a log, in words; null while all agrees. */
export class SealCheck {
  readonly #heads = new LogHeads();
  #verdict: string | null | undefined;

  constructor(private readonly seal: Seal) {}

  /** Events in the order of the log; what follows the seal's position is passed over. */
  add(event: RecordedEvent): void {
    if (this.#verdict !== undefined) return;
    const sealed = BigInt(this.seal.position);
    if (event.position <= sealed) this.#heads.add(event);
    if (event.position >= sealed) this.#verdict = this.#compare();
  }

  /** Call at the end of the log. */
  finish(): string | null {
    this.#verdict ??= this.#compare();
    return this.#verdict;
  }

  #compare(): string | null {
    const found = this.#heads.seal();
    const { count, position, root } = this.seal;
    if (!found) return `the log is empty; ${count} events were sealed`;
    if (found.position !== position) {
      return `the log was cut off: it has nothing at the sealed position ${position}; the last event before it is at ${found.position}`;
    }
    if (found.count !== count)
      return `${count} events were sealed up to position ${position}; the log has ${found.count}`;
    if (found.root !== root)
      return `events up to position ${position} were altered or replaced since the seal`;
    return null;
  }
}
