import {
  canonicalJson,
  sha256,
  type CommandContext,
  type DomainEvent,
  type EventMetadata,
  type RecordedEvent,
} from '#libs/kernel';
import { type NewEvent } from './port/event-store.js';

/** `previousHash` of a stream's first event. */
export const GENESIS = '0'.repeat(64);

/** Appended when an event's data and salt were blanked: the chain still holds, and whoever verifies finds both. */
export type EventRedacted = DomainEvent<'EventRedacted', { readonly event: string; readonly ticket: string }>;

/** Where a chain stands: revision -1n and `GENESIS` before the first event. */
export interface ChainHead {
  readonly revision: bigint;
  readonly hash: string;
}

export const EMPTY_CHAIN: ChainHead = { revision: -1n, hash: GENESIS };

/**
 * The id of a command's `index`-th event in `stream`: a UUID (version 8, RFC 9562) from SHA-256, the same whenever the command
 * is carried out again.
 */
export function eventId(commandId: string, stream: string, index: number): string {
  const hex = sha256(`${commandId}\0${stream}\0${index}`);
  const variant = '89ab'[parseInt(hex[16]!, 16) & 3]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Covers the salt and the data, so that blanked data cannot be guessed from what is left of it. */
export function dataDigest(salt: string, canonicalData: string): string {
  return sha256(salt + canonicalData);
}

/** The link of one event: over canonical `{ id, type, stream, revision, dataDigest, metadata }`, metadata without `hash`. */
export function chainHash(event: {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly metadata: Omit<EventMetadata, 'hash'>;
}): string {
  const { id, type, stream, revision } = event;
  const metadata: Record<string, unknown> = { ...event.metadata };
  delete metadata['hash'];
  return sha256(
    canonicalJson({
      dataDigest: event.metadata.dataDigest,
      id,
      metadata,
      revision: Number(revision),
      stream,
      type,
    }),
  );
}

/**
 * Links a command's events to the head of their stream. `salt` yields a fresh random text per call; `bytes` of a result is
 * the size of its data as JSON. O(size of the data).
 */
export function chainEvents(
  stream: string,
  head: ChainHead,
  events: readonly DomainEvent[],
  context: CommandContext,
  salt: () => string,
): { readonly events: readonly (NewEvent & { readonly bytes: number })[]; readonly head: ChainHead } {
  let { revision, hash } = head;
  const { occurredAt, actor, commandId, correlationId, causationId, ticket, bodyDigest } = context;
  const optional = {
    ...(causationId !== undefined && { causationId }),
    ...(ticket !== undefined && { ticket }),
    ...(bodyDigest !== undefined && { bodyDigest }),
  };
  // What `chainHash` digests, written down member by member: canonical JSON of the whole would cost four times as much.
  const before = canonicalJson({ actor, bodyDigest, causationId, commandId, correlationId }).slice(0, -1);
  const after = ticket === undefined ? '' : `,"ticket":${JSON.stringify(ticket)}`;
  const occurred = JSON.stringify(occurredAt);
  const name = JSON.stringify(stream);
  const chained = events.map((event, index) => {
    revision += 1n;
    const id = eventId(commandId, stream, index);
    const grain = salt();
    const text = canonicalJson(event.data ?? null);
    const digest = dataDigest(grain, text);
    const previousHash = hash;
    hash = sha256(
      `{"dataDigest":"${digest}","id":"${id}","metadata":${before},"dataDigest":"${digest}","occurredAt":${occurred}` +
        `,"previousHash":"${previousHash}"${after}},"revision":${revision},"stream":${name},"type":${JSON.stringify(event.type)}}`,
    );
    const metadata: EventMetadata = {
      occurredAt,
      actor,
      commandId,
      correlationId,
      ...optional,
      dataDigest: digest,
      hash,
      previousHash,
    };
    return { id, type: event.type, data: event.data, salt: grain, metadata, bytes: Buffer.byteLength(text) };
  });
  return { events: chained, head: { revision, hash } };
}

/** True where data and salt were blanked by a redaction: folds skip such an event. */
export function isRedacted(event: RecordedEvent): boolean {
  return event.data === null && !event.salt;
}

export interface ChainBreak {
  readonly kind: 'revision-gap' | 'link' | 'hash' | 'data' | 'redacted-without-notice';
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly eventId: string;
  /** What is wrong, for people. */
  readonly message: string;
}

/** The first thing wrong with `event` as the successor of `head`, or null. Redacted data is left to `redacted-without-notice`. */
export function checkLink(head: ChainHead, event: RecordedEvent): ChainBreak | null {
  const at = (kind: ChainBreak['kind'], message: string): ChainBreak => ({
    kind,
    stream: event.stream,
    revision: event.revision,
    position: event.position,
    eventId: event.id,
    message: `${event.stream}@${event.revision} (position ${event.position}, ${event.type}): ${message}`,
  });
  if (event.revision !== head.revision + 1n) {
    return at('revision-gap', `revision ${head.revision + 1n} was expected: events are missing before it`);
  }
  if (event.metadata.previousHash !== head.hash) {
    return at('link', 'it does not follow from the event before it, which was altered or replaced');
  }
  if (chainHash(event) !== event.metadata.hash) {
    return at('hash', 'its id, type, stream, revision or metadata was altered');
  }
  if (!isRedacted(event) && dataDigest(event.salt, canonicalJson(event.data)) !== event.metadata.dataDigest) {
    return at('data', 'its data or salt was altered');
  }
  return null;
}

/**
 * Verifies chains event by event, in the order of the log or of one stream. Memory O(streams + redactions). After a break a
 * chain is taken up again at the event that broke it, so that one change is one finding (or two: the event and its successor).
 */
export class ChainVerifier {
  readonly #heads = new Map<string, ChainHead>();
  readonly #redacted = new Map<string, RecordedEvent>();
  readonly #notices = new Map<string, string>();

  check(event: RecordedEvent): ChainBreak | null {
    const found = checkLink(this.#heads.get(event.stream) ?? EMPTY_CHAIN, event);
    this.#heads.set(event.stream, { revision: event.revision, hash: event.metadata.hash });
    if (isRedacted(event)) this.#redacted.set(event.id, event);
    if (event.type === 'EventRedacted') {
      const notice = event.data as EventRedacted['data'] | null;
      if (notice) this.#notices.set(notice.event, notice.ticket);
    }
    return found;
  }

  /** Events whose data is gone, each with the ticket of the notice that says so. */
  redactions(): readonly { readonly event: RecordedEvent; readonly ticket: string }[] {
    return [...this.#redacted.values()].flatMap((event) => {
      const ticket = this.#notices.get(event.id);
      return ticket === undefined ? [] : [{ event, ticket }];
    });
  }

  /** Data that is gone without a notice. Call at the end of the log: a notice comes after what it names. */
  finish(): readonly ChainBreak[] {
    return [...this.#redacted.values()]
      .filter((event) => !this.#notices.has(event.id))
      .map((event) => ({
        kind: 'redacted-without-notice',
        stream: event.stream,
        revision: event.revision,
        position: event.position,
        eventId: event.id,
        message: `${event.stream}@${event.revision} (position ${event.position}, ${event.type}): its data is gone and no EventRedacted names it`,
      }));
  }
}

/** The first break of one stream's chain, read from its first event; null where it holds. */
export function verifyStream(events: Iterable<RecordedEvent>): ChainBreak | null {
  let head = EMPTY_CHAIN;
  for (const event of events) {
    const found = checkLink(head, event);
    if (found) return found;
    head = { revision: event.revision, hash: event.metadata.hash };
  }
  return null;
}
