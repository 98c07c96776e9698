/** Who caused a command, and what it belongs to. Carried into the metadata of every event that the command leads to. */
export interface CommandContext {
  /** Identity of the command: actor and Idempotency-Key, or saga instance and due item. A known id is answered with the first result. */
  readonly commandId: string;
  /** Opaque id that `access` resolves to a person or a process (`mfo`, `regional:us-ashburn-1`). */
  readonly actor: string;
  /** ISO 8601, UTC, milliseconds. Time always arrives from outside the domain. */
  readonly occurredAt: string;
  /** One id for everything that one outside cause leads to. */
  readonly correlationId: string;
  /** Id of the event or command that led to this command. */
  readonly causationId?: string;
  /** Change ticket that covers the command. */
  readonly ticket?: string;
  /** Digest of the request body; the same command id with another digest is refused (`command/key-reused`). */
  readonly bodyDigest?: string;
}

/** What stands in an event's metadata; the last three are filled in by the hash chain when the event is written. */
export interface EventMetadata {
  readonly occurredAt: string;
  readonly actor: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly ticket?: string;
  readonly bodyDigest?: string;
  readonly dataDigest: string;
  readonly hash: string;
  readonly previousHash: string;
}
