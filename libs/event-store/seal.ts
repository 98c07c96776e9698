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

const readDeadlineMs = 600_000;

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
  #lastToSeal = -1n;
  #sealedUpTo = -1n;

  /** Events in the order of the log. */
  add(event: RecordedEvent): void {
    this.#heads.set(event.stream, { revision: event.revision, hash: event.metadata.hash });
    this.#count += 1;
    this.#position = event.position;
    if (event.stream !== SEALS) this.#lastToSeal = event.position;
    else if (event.data !== null) this.#sealedUpTo = BigInt((event.data as Seal).position);
  }

  /** Takes what the log has beyond the last event seen. Rejects where the store fails; what was seen until then stays. */
  async readOn(store: EventStore): Promise<void> {
    const after = this.#position < 0n ? {} : { after: this.#position };
    for await (const event of store.readAll({ ...after, deadlineMs: readDeadlineMs })) this.add(event);
  }

  /** Something else than a seal was appended since the last seal. */
  get isUnsealed(): boolean {
    return this.#lastToSeal > this.#sealedUpTo;
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
 * Appends a seal of all that `heads` has seen (kept by the caller from one seal to the next). Null, and nothing written, in an empty
 * log. Rejects with `WrongExpectedRevision` where another sealed meanwhile: read on, and call again if there is still need.
 */
export async function sealLog(
  store: EventStore,
  heads: LogHeads,
  context: CommandContext,
  salt: () => string,
): Promise<Seal | null> {
  const seal = heads.seal();
  if (!seal) return null;
  const head = heads.headOf(SEALS);
  const sealed: DomainEvent<'LogSealed', Seal> = { type: 'LogSealed', data: seal };
  const { events } = chainEvents(SEALS, head, [sealed], context, salt);
  await store.append(SEALS, events, { expected: head.revision < 0n ? 'absent' : head.revision });
  return seal;
}

/** What seals say is wrong with a log, each in words; null where it agrees. Memory O(streams + seals). */
export class SealsCheck {
  readonly #heads = new LogHeads();
  readonly #pending: readonly number[];
  readonly #verdicts: (string | null)[];
  #next = 0;

  constructor(private readonly seals: readonly Seal[]) {
    this.#verdicts = seals.map(() => null);
    const at = seals.map(({ position }) => BigInt(position));
    this.#pending = [...at.keys()].sort((a, b) => (at[a]! < at[b]! ? -1 : at[a]! > at[b]! ? 1 : 0));
  }

  /** Events in the order of the log. O(1), and at a sealed position O(s log s) in the number of streams. */
  add(event: RecordedEvent): void {
    this.#compare(event.position - 1n);
    this.#heads.add(event);
    this.#compare(event.position);
  }

  /** Call at the end of the log; in the order in which the seals were given. */
  finish(): readonly (string | null)[] {
    this.#compare(null);
    return this.#verdicts;
  }

  /** Those up to a position, all where it is null. */
  #compare(upTo: bigint | null): void {
    for (; this.#next < this.#pending.length; this.#next += 1) {
      const which = this.#pending[this.#next]!;
      const seal = this.seals[which]!;
      if (upTo !== null && BigInt(seal.position) > upTo) return;
      this.#verdicts[which] = disagreement(seal, this.#heads.seal());
    }
  }
}

function disagreement({ count, position, root }: Seal, found: Seal | null): string | null {
  if (!found) return `the log is empty; ${count} events were sealed`;
  if (found.position !== position)
    return `the log was cut off: it has nothing at the sealed position ${position}; the last event before it is at ${found.position}`;
  if (found.count !== count)
    return `${count} events were sealed up to position ${position}; the log has ${found.count}`;
  if (found.root !== root) return `events up to position ${position} were altered or replaced since the seal`;
  return null;
}
