import { type DomainEvent, type RecordedEvent } from './event.js';

/**
 * A read model, row by row. Pure. The runner stores a row together with the position that it reflects, and an event at or
 * below that position changes nothing. A changed shape is a new `version`, built beside the old one.
 */
export interface Projection<Row extends object, Event extends DomainEvent = DomainEvent> {
  readonly name: string;
  readonly version: number;
  /** Event types that it reads; the runner passes no others. */
  readonly types: readonly Event['type'][];
  /** Fields by which rows can be listed in order (strings, numbers, booleans; null sorts first). */
  readonly indexes?: Readonly<Record<string, readonly (keyof Row & string)[]>>;
  /** The rows that an event touches; may be many. */
  keys(event: RecordedEvent<Event>): readonly string[];
  /** The row after the event; null deletes it, the same object changes nothing. */
  apply(row: Row | null, event: RecordedEvent<Event>, key: string): Row | null;
}
