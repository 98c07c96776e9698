import { type RecordedEvent } from '#libs/kernel';
import { DeadlineExceeded, type Appended } from '../../port/event-store.js';
import { type JournalEntry } from './journal.js';
import { decodeRecord, type Carved, type Encoder } from './record.js';
import { type TreeEntry } from './tree.js';

/** Where a stream ends, as the writer knows it. */
export interface StreamHead {
  readonly number: number;
  readonly name: string;
  /** Of the last event appended, durable or not; -1 where there is none. */
  revision: number;
  /** The tree knows its name. */
  isStored: boolean;
  /** Appends that the tree does not have yet, in order. */
  readonly pending: Append[];
}

/** One append on its way to the disk. */
export interface Append {
  readonly head: StreamHead;
  readonly events: readonly RecordedEvent[];
  readonly records: readonly Carved[];
  /** Of its records. */
  readonly bytes: number;
  /** ms since 1970. */
  readonly deadline: number;
  /** What its caller waits for. */
  readonly answer: Deferred<Appended>;
  /** What others wait for, who are not bound by its deadline; null where nobody does. */
  outcome: Deferred<Appended> | null;
}

export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve!: Deferred<T>['resolve'];
  let reject!: Deferred<T>['reject'];
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Of an append that is not durable yet: settles when it is, or cannot be. */
export function outcomeOf(append: Append): Promise<Appended> {
  append.outcome ??= deferred();
  return append.outcome.promise;
}

/** What is said of an append to `stream` when its deadline passes. */
export function late(stream: string): DeadlineExceeded {
  return new DeadlineExceeded(`append to ${stream}: not known to be stored; repeat it with the same ids`);
}

export function lastOf({ events }: Append): RecordedEvent {
  return events[events.length - 1]!;
}

/** Its `i`-th event as the tree will have it: what a caller did to the event since then is not in it. */
export function decoded({ head, events, records }: Append, i: number, encoder: Encoder): RecordedEvent {
  const { slab, start, end } = records[i]!;
  return decodeRecord(encoder, Number(events[i]!.position), slab.subarray(start, end), () => head.name);
}

export function journalEntryOf({ head, events, records }: Append): JournalEntry {
  const first = events[0]!;
  return {
    streamNumber: head.number,
    streamName: head.name,
    revision: Number(first.revision),
    position: Number(first.position),
    records,
  };
}

export function treeEntriesOf(appends: readonly Append[]): readonly TreeEntry[] {
  const named = new Set<StreamHead>();
  return appends.map((append) => {
    const { head, records } = append;
    const { revision, position } = lastOf(append);
    const isNew = !head.isStored && !named.has(head);
    if (isNew) named.add(head);
    return {
      streamNumber: head.number,
      newName: isNew ? head.name : null,
      revision: Number(revision),
      position: Number(position),
      records,
    };
  });
}
