import { type EventMetadata } from './metadata.js';

/**
 * A fact, as deciders produce it. `type` is the literal under which it is stored, for ever; a changed shape is a new type
 * (`RegionAdded.2`) with an upcaster. `data` holds only what JSON can say and at most 64 KiB; larger things are digests of blobs.
 */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** A fact as it was recorded. `position` orders all events of an installation, `revision` those of one stream (from 0). */
export interface RecordedEvent<E extends DomainEvent = DomainEvent> {
  readonly id: string;
  readonly type: E['type'];
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  /** ISO 8601, by the store's clock. */
  readonly recordedAt: string;
  readonly data: E['data'];
  readonly salt: string;
  readonly metadata: EventMetadata;
}
