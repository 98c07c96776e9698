import { isUtf8 } from 'node:buffer';
import { type EventMetadata, type RecordedEvent } from '#libs/kernel';
import { type NewEvent } from '../port/event-store.js';
import { FOREIGN, isForeign } from '../port/foreign.js';

/** An event as the protocol carries it. */
export interface WireEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export const JSON_TYPE = 'application/json';
const BINARY_TYPE = 'application/octet-stream';

/** Text as it is, anything else in base64: what comes back is the same to the byte. */
type Stored = string | { readonly base64: string };

interface ForeignData {
  readonly contentType: string;
  readonly data: Stored;
  readonly metadata: Stored;
}

/** A foreign event bears no chain; its actor is whoever wrote it. */
export function foreignEvent(event: WireEvent, actor: string): NewEvent {
  const { id, type, contentType } = event;
  const data: ForeignData = { contentType, data: stored(event.data), metadata: stored(event.metadata) };
  return { id, type, data, salt: '', metadata: { actor } as EventMetadata };
}

/** An event of CIOS's own: `{ data, salt }` in its data field, the chained metadata in its metadata field. Throws a TypeError. */
export function ownEvent({ id, type, data: bytes, metadata: chained }: WireEvent): NewEvent {
  const { data, salt } = jsonOf(bytes) as { readonly data?: unknown; readonly salt?: unknown };
  const metadata = jsonOf(chained) as unknown as EventMetadata;
  if (typeof salt !== 'string' || typeof metadata.hash !== 'string')
    throw new TypeError(`event ${id} (${type}) is not chained; only CIOS writes to its own streams`);
  return { id, type, data: data ?? null, salt, metadata };
}

export function wireEvent({ id, type, stream, data, salt, metadata }: RecordedEvent): WireEvent {
  if (isForeign(stream)) {
    const foreign = data as ForeignData;
    const { contentType } = foreign;
    return { id, type, contentType, data: bytesOf(foreign.data), metadata: bytesOf(foreign.metadata) };
  }
  return {
    id,
    type,
    contentType: JSON_TYPE,
    data: Buffer.from(JSON.stringify({ data, salt })),
    metadata: Buffer.from(JSON.stringify(metadata)),
  };
}

/** An event of others that stands for another one: its data is `revision@stream`. */
export function isLink({ stream, type }: RecordedEvent): boolean {
  return type === '$>' && isForeign(stream);
}

/** What a link leads to; null where it is written wrongly. */
export function targetOf(link: RecordedEvent): { readonly name: string; readonly revision: bigint } | null {
  const text = Buffer.from(wireEvent(link).data).toString('utf8');
  const [, revision, name] = /^(\d+)@(.+)$/s.exec(text) ?? [];
  return revision === undefined || name === undefined ? null : { name, revision: BigInt(revision) };
}

/** The stream's name on the wire. */
export function wireName(stream: string): string {
  return isForeign(stream) ? stream.slice(FOREIGN.length) : stream;
}

export function contentTypeOf(value: string | undefined): string {
  return value ?? BINARY_TYPE;
}

function stored(bytes: Uint8Array): Stored {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString('utf8') : { base64: buffer.toString('base64') };
}

function bytesOf(value: Stored): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value.base64, 'base64');
}

function jsonOf(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    value = null;
  }
  if (typeof value !== 'object' || value === null)
    throw new TypeError('data and metadata must be JSON objects');
  return value as Record<string, unknown>;
}
