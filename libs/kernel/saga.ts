import { type DomainEvent, type RecordedEvent } from './event.js';

/** A command that a saga's state calls for. `key` is stable: the same state of affairs yields the same key, and so the same command id. */
export interface Due<Command> {
  readonly key: string;
  readonly command: Command;
  /** Event that made it due; becomes the command's causation. */
  readonly cause?: { readonly eventId: string; readonly correlationId: string };
  /** ISO 8601: not before. A stored wake-up, never an in-memory timer. */
  readonly notBefore?: string;
}

/**
 * A reaction: events in, commands out. `due` follows from *state*, never from the one event just seen, so that repetition,
 * and any interleaving of streams, ends in the same commands.
 *
 * One instance per `partition` key. The runner owns a state: `evolve` may change it in place and returns it. It must be plain
 * JSON (what `snapshot` returns, `restore` takes back), is saved now and then together with the position it reflects, and is
 * brought up to date from the log after a restart; nothing is dispatched before the head seen at that moment is reached.
 * Delivery at least once, effect once by command id.
 */
export interface Saga<State, Event extends DomainEvent, Command> {
  readonly name: string;
  readonly version: number;
  readonly types: readonly Event['type'][];
  /** The instances that an event concerns. `*` means every instance that exists. */
  partitions(event: RecordedEvent<Event>): readonly string[];
  initial(partition: string): State;
  /** Digests of blobs that `evolve` needs to see for this event; the runner fetches them first. */
  blobs?(event: RecordedEvent<Event>): readonly string[];
  evolve(state: State, event: RecordedEvent<Event>, blobs: ReadonlyMap<string, unknown>): State;
  /** Cost must be proportional to what is due, not to the state. */
  due(state: State): Iterable<Due<Command>>;
  /** An instance with nothing left to do or to remember is dropped. */
  isOver?(state: State): boolean;
  snapshot(state: State): unknown;
  restore(snapshot: unknown): State;
}
