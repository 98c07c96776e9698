import { type DomainEvent } from './event.js';
import { type CommandContext } from './metadata.js';
import { type Refusal } from './refusal.js';

/**
 * The write side of one kind of stream. Pure: no clock, no random, no I/O; time, ids and actor arrive in `context`.
 * `decide` returns the events that make the command true, `[]` when its outcome already holds, or a refusal.
 * A repeated command is recognised by its id before `decide` is asked.
 */
export interface Decider<Command, State, Event extends DomainEvent> {
  readonly initial: State;
  decide(command: Command, state: State, context: CommandContext): readonly Event[] | Refusal;
  /** Must accept every event ever written to such a stream, and may not change `state` in place. */
  evolve(state: State, event: Event): State;
}
