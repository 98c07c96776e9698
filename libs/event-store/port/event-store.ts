import { type EventMetadata, type RecordedEvent } from '#libs/kernel';

/** An event on its way into a stream, already chained (`chain.ts`). */
export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly salt: string;
  readonly metadata: EventMetadata;
}

/** What the writer believes of the stream: not there, there, whatever, or exactly at this revision. */
export type Expected = 'absent' | 'exists' | 'any' | bigint;

export interface Appended {
  /** Of the last event of the append. */
  readonly revision: bigint;
  readonly position: bigint;
  /** True where the same event ids were stored by an earlier, equal append. */
  readonly repeated: boolean;
  /** The events as they were recorded, where the adapter knows them without reading them back. */
  readonly events?: readonly RecordedEvent[];
}

/** Milliseconds after which a call fails with `DeadlineExceeded`; the adapters' default is 10,000. */
export interface Deadline {
  readonly deadlineMs?: number;
}

export interface ReadStreamOptions extends Deadline {
  /** First revision to read; without it the first (or, backwards, the last) there is. */
  readonly from?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

export interface ReadAllOptions extends Deadline {
  /** Exclusive; without it from the beginning (or, backwards, from the end). */
  readonly after?: bigint;
  /** Inclusive bound in the direction of reading. */
  readonly until?: bigint;
  readonly types?: readonly string[];
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
  /** Also streams that others keep in this store (`FOREIGN`); the default leaves them out. */
  readonly foreign?: boolean;
}

export interface SubscribeOptions {
  /** Exclusive; without it from the beginning. */
  readonly after?: bigint;
  readonly types?: readonly string[];
  readonly foreign?: boolean;
  readonly signal?: AbortSignal;
}

export type SubscriptionItem =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  /** A filter passed over everything up to here: a checkpoint may advance. */
  | { readonly kind: 'passed'; readonly position: bigint }
  /** All that was stored when the subscription began has been delivered. */
  | { readonly kind: 'caught-up'; readonly position: bigint };

/**
 * The event store. Promises, each a test of `testing/event-store.contract.ts` that every adapter runs:
 * a refused expectation writes nothing; events of one append are contiguous, all or none; under `absent` or a numbered
 * expectation a repeated append with the same ids is answered with the first result and stored once; positions strictly
 * increase and no reader sees a later one before an earlier one; what was acknowledged survives kill -9; every call has a
 * deadline; a subscription neither skips nor repeats past its checkpoint. An append holds at most 1 MiB, else `AppendTooLarge`.
 */
export abstract class EventStore {
  /** True where no other process can write, and appends take effect in the order of their calls without being awaited in between. */
  get exclusive(): boolean {
    return false;
  }
  abstract append(
    stream: string,
    events: readonly NewEvent[],
    options: { readonly expected: Expected } & Deadline,
  ): Promise<Appended>;
  /** An absent stream is empty. */
  abstract readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;
  abstract readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;
  abstract subscribe(options?: SubscribeOptions): AsyncIterable<SubscriptionItem>;
  /** Position of the last event, null in an empty store. */
  abstract head(): Promise<bigint | null>;
  abstract close(): Promise<void>;
}

export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  constructor(
    readonly stream: string,
    readonly expected: Expected,
    /** Null: the stream is absent. */
    readonly actual: bigint | null,
  ) {
    super(`stream ${stream}: expected ${expected}, it is at ${actual ?? 'absent'}`);
  }
}

export class AppendTooLarge extends Error {
  override readonly name = 'AppendTooLarge';
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`an append of ${bytes} bytes exceeds the limit of ${limit}`);
  }
}

export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/** The store cannot be reached or cannot write now (disk full, connection lost, opened read-only); nothing was written. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** A stored record cannot be read, or does not match its digest. It is named, never skipped; `scan()` and a backup help to mend it. */
export class RecordCorrupted extends Error {
  override readonly name = 'RecordCorrupted';
  constructor(
    readonly position: bigint,
    readonly reason: string,
  ) {
    super(`the record at position ${position} is damaged: ${reason}; restore the store from a backup`);
  }
}
