import { hash } from 'node:crypto';
import { type EventMetadata, type RecordedEvent } from '#libs/kernel';
import { RecordCorrupted, type NewEvent } from '../../port/event-store.js';

/** What an lmdb database offers for its values: msgpack with structures shared by all records. */
export interface Encoder {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array, options: { readonly start: number; readonly end: number }): unknown;
}

type Fields = readonly [
  streamNumber: number,
  revision: number,
  recordedAt: number,
  id: string,
  type: string,
  data: unknown,
  salt: string | null,
  metadata: EventMetadata,
];

const POSITION_BYTES = 8;
/** A msgpack `bin 8` of 32 bytes. */
const DIGEST_BYTES = 34;
const ARRAY_OF_8 = 0x98;
const ARRAY_OF_9 = 0x99;
const SLAB_BYTES = 256 * 1024;

let slab = Buffer.alloc(0);
let used = 0;

/** Values stay untouched until their commit; carving them from slabs spares lmdb the address of each. */
function carve(bytes: number): Buffer {
  if (bytes > SLAB_BYTES / 4) return Buffer.from(new ArrayBuffer(bytes));
  if (used + bytes > slab.length) {
    slab = Buffer.from(new ArrayBuffer(SLAB_BYTES));
    used = 0;
  }
  used += bytes;
  return slab.subarray(used - bytes, used);
}

export function carveNumber(value: number): Buffer {
  const buffer = carve(8);
  buffer.writeDoubleBE(value);
  return buffer;
}

/**
 * A record is a msgpack array `[streamNumber, revision, recordedAt, id, type, data, salt, metadata, digest]`; `recordedAt` in
 * ms, `digest` SHA-256 over the position (8 bytes, big-endian double) and the bytes of the same array without the digest.
 */
export function encodeRecord(
  encoder: Encoder,
  position: number,
  streamNumber: number,
  revision: number,
  recordedAt: number,
  event: Omit<NewEvent, 'salt'> & { readonly salt: string | null },
): Buffer {
  const { id, type, data, salt, metadata } = event;
  const body = encoder.encode([streamNumber, revision, recordedAt, id, type, data, salt, metadata]);
  const end = POSITION_BYTES + body.length;
  const buffer = carve(end + DIGEST_BYTES);
  buffer.writeDoubleBE(position);
  buffer.set(body, POSITION_BYTES);
  const digest = hash('sha256', buffer.subarray(0, end));
  buffer[POSITION_BYTES] = ARRAY_OF_9;
  buffer[end] = 0xc4;
  buffer[end + 1] = 32;
  buffer.write(digest, end + 2, 'hex');
  return buffer.subarray(POSITION_BYTES);
}

let scratch = Buffer.alloc(8 * 1024);

/** Throws `RecordCorrupted` where the bytes do not match their digest or are no record. `bytes` may be overwritten afterwards. */
export function decodeRecord(
  encoder: Encoder,
  position: number,
  bytes: Uint8Array,
  streamName: (streamNumber: number) => string | undefined,
): RecordedEvent {
  const size = bytes.length;
  const end = size - DIGEST_BYTES;
  if (end < 1 || bytes[0] !== ARRAY_OF_9 || bytes[end] !== 0xc4) {
    throw new RecordCorrupted(BigInt(position), 'it is no record');
  }
  if (scratch.length < POSITION_BYTES + size) scratch = Buffer.alloc(2 * (POSITION_BYTES + size));
  scratch.writeDoubleBE(position);
  scratch.set(bytes.subarray(0, size), POSITION_BYTES);
  scratch[POSITION_BYTES] = ARRAY_OF_8;
  const digest = hash('sha256', scratch.subarray(0, POSITION_BYTES + end));
  if (digest !== scratch.toString('hex', POSITION_BYTES + end + 2, POSITION_BYTES + size)) {
    throw new RecordCorrupted(BigInt(position), 'it does not match its digest: it was altered, or torn');
  }
  let fields: Fields;
  try {
    fields = encoder.decode(scratch, { start: POSITION_BYTES, end: POSITION_BYTES + end }) as Fields;
  } catch (error) {
    throw new RecordCorrupted(BigInt(position), `it cannot be decoded (${String(error)})`);
  }
  const [streamNumber, revision, recordedAt, id, type, data, salt, metadata] = fields;
  const stream = streamName(streamNumber);
  if (stream === undefined)
    throw new RecordCorrupted(BigInt(position), `its stream ${streamNumber} has no name`);
  return {
    id,
    type,
    stream,
    revision: BigInt(revision),
    position: BigInt(position),
    recordedAt: isoOf(recordedAt),
    data,
    salt: salt ?? '',
    metadata,
  };
}

let lastMs = NaN;
let lastIso = '';

/** Events of one commit share their time: formatting it once halves the cost of decoding. */
export function isoOf(ms: number): string {
  if (ms !== lastMs) {
    lastIso = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastIso;
}
