import { crc32 } from 'node:zlib';
import { type EventMetadata, type RecordedEvent } from '#libs/kernel';
import { RecordCorrupted, type NewEvent } from '../../port/event-store.js';

/** What an lmdb database offers for its values: msgpack with structures shared by all records. */
export interface Encoder {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array, size: number): unknown;
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
  checksum: number,
];

const ARRAY_OF_9 = 0x99;

/** A msgpack `uint 32`: its type, and the number big-endian. */
const CHECKSUM_BYTES = 5;
const UINT_32 = 0xce;
const PLACE = 0xffffffff;
const SLAB_BYTES = 256 * 1024;

/** Memory that values are carved from; `start` and `end` tell lmdb which part is meant. */
interface Slab extends Buffer {
  start: number;
  end: number;
}

/** A value on its way to the disk, untouched until its commit. One slab for many spares lmdb the address of each. */
export interface Carved {
  readonly slab: Slab;
  readonly start: number;
  readonly end: number;
}

let slab = newSlab(0);
let used = 0;

function newSlab(bytes: number): Slab {
  return Object.assign(Buffer.from(new ArrayBuffer(bytes)), { start: 0, end: 0 });
}

function carve(bytes: number): Carved {
  if (bytes > SLAB_BYTES / 4) return { slab: newSlab(bytes), start: 0, end: bytes };
  if (used + bytes > slab.length) {
    slab = newSlab(SLAB_BYTES);
    used = 0;
  }
  const start = used;
  used += bytes;
  return { slab, start, end: used };
}

export function carvedFrom(bytes: Uint8Array): Carved {
  const carved = carve(bytes.length);
  carved.slab.set(bytes, carved.start);
  return carved;
}

/** Values in as carved, out as bytes that the next read overwrites: nothing is copied that is decoded at once. */
export const RAW = {
  encoder: {
    encode: ({ slab: whole, start, end }: Carved) => {
      whole.start = start;
      whole.end = end;
      return whole;
    },
    decode: (bytes: Buffer) => bytes,
  },
  cache: false,
} as const;

export function carveNumber(value: number): Carved {
  const carved = carve(8);
  carved.slab.writeDoubleBE(value, carved.start);
  return carved;
}

/**
 * A record is a msgpack array `[streamNumber, revision, recordedAt, id, type, data, salt, metadata, checksum]`; `recordedAt` in
 * ms, `checksum` CRC-32 over all before it, begun with the position (ADR 0011).
 */
export function encodeRecord(
  encoder: Encoder,
  position: number,
  streamNumber: number,
  revision: number,
  recordedAt: number,
  event: Omit<NewEvent, 'salt'> & { readonly salt: string | null },
): Carved {
  const { id, type, data, salt, metadata } = event;
  const bytes = encoder.encode([streamNumber, revision, recordedAt, id, type, data, salt, metadata, PLACE]);
  const carved = carve(bytes.length);
  carved.slab.set(bytes, carved.start);
  const checksum = crc32(bytes.subarray(0, bytes.length - CHECKSUM_BYTES), seedOf(position));
  carved.slab.writeUInt32BE(checksum, carved.end - 4);
  return carved;
}

function seedOf(position: number): number {
  return ((position % 2 ** 32) ^ Math.floor(position / 2 ** 32)) >>> 0;
}

let scratch = Buffer.alloc(8 * 1024);

/** Throws `RecordCorrupted` where the bytes do not match their checksum or are no record. `bytes` may be overwritten afterwards. */
export function decodeRecord(
  encoder: Encoder,
  position: number,
  bytes: Buffer,
  streamName: (streamNumber: number) => string | undefined,
): RecordedEvent {
  const size = bytes.length;
  const end = size - CHECKSUM_BYTES;
  if (end < 1 || bytes[0] !== ARRAY_OF_9 || bytes[end] !== UINT_32) {
    throw new RecordCorrupted(BigInt(position), 'it is no record');
  }
  // A buffer of our own, because decoding may read the shared structures, which overwrites lmdb's.
  if (scratch.length < size) scratch = Buffer.alloc(2 * size);
  scratch.set(bytes.subarray(0, size));
  if (crc32(scratch.subarray(0, end), seedOf(position)) !== scratch.readUInt32BE(end + 1)) {
    throw new RecordCorrupted(BigInt(position), 'it does not match its checksum: it was altered, or torn');
  }
  let fields: Fields;
  try {
    fields = encoder.decode(scratch, size) as Fields;
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
