import { type CommandContext, type Decider, type DomainEvent, type RecordedEvent } from '#libs/kernel';
import { type EventStore } from './event-store.js';

/** A kind of stream: its decider and how an instance's stream is named. */
export interface Aggregate<Command, State, Event extends DomainEvent> {
  readonly name: string;
  readonly decider: Decider<Command, State, Event>;
  streamOf(id: string): string;
  /**
   * Where an event stands for others that lie in a stream of their own (a staged import): what a fold takes in its place.
   * Asked for events of `types` only; the state that such an event led to is always loaded, never kept from the decision.
   */
  readonly expands?: {
    readonly types: readonly Event['type'][];
    events(event: RecordedEvent<Event>, store: EventStore): Promise<readonly Event[]>;
  };
}

export interface Executed<Event extends DomainEvent = DomainEvent> {
  /** Revision of the stream after the command; -1n where it has no event yet. */
  readonly revision: bigint;
  /** Position of the command's last event; of the stream's last one where it decided nothing. */
  readonly position: bigint;
  /** Empty where the outcome already held. */
  readonly events: readonly RecordedEvent<Event>[];
  /** True where this command id was known: `events` are those of the first time. */
  readonly repeated: boolean;
}

/**
 * Carries out commands against streams: load (cached, kept current), recognise a known command id (the last 1,000 of the
 * stream), check `ifRevision`, decide, chain, append at the revision decided upon; on a lost race load and decide again.
 * Throws `Refused`: what the decider refuses, `command/key-reused` (same id, other body), `command/revision-mismatch`.
 */
export abstract class Aggregates {
  abstract execute<C, S, E extends DomainEvent>(
    aggregate: Aggregate<C, S, E>,
    id: string,
    command: C,
    context: CommandContext,
    options?: { readonly ifRevision?: bigint; readonly deadlineMs?: number },
  ): Promise<Executed<E>>;
  /** The current state and revision (-1n: no stream yet), read through the cache. */
  abstract load<C, S, E extends DomainEvent>(
    aggregate: Aggregate<C, S, E>,
    id: string,
  ): Promise<{ readonly state: S; readonly revision: bigint }>;
}
