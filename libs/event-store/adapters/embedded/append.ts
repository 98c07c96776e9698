import { type RecordedEvent } from '#libs/kernel';
import { type Appended } from '../../port/event-store.js';
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
  readonly done: Promise<Appended>;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
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
