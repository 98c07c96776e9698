import { type IndexValue } from './cursor.js';

/** Strings are ordered and matched by their first so many UTF-8 bytes, so that every entry fits a key of the engine. */
const stringBytes = 400;
const keyBytes = 1_000;

/**
 * Bytes whose order is the order of the values, whatever engine sorts them: null < numbers < strings (by code point) < booleans.
 * Self-delimiting, so that the encoding of a prefix of the values is a prefix of the encoding.
 */
export function encodeIndexValues(values: readonly IndexValue[]): Buffer {
  return Buffer.concat(values.map(encodeValue));
}

/** A row's key as bytes; throws a RangeError over 1,000 bytes. */
export function encodeRowKey(key: string): Buffer {
  const bytes = Buffer.from(key, 'utf8');
  if (bytes.length > keyBytes) throw new RangeError(`row key of ${bytes.length} bytes exceeds ${keyBytes}`);
  return bytes;
}

function encodeValue(value: IndexValue): Buffer {
  if (value === null) return Buffer.of(1);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes[0] = 2;
    bytes.writeDoubleBE(value === 0 ? 0 : value, 1);
    // IEEE 754 sorts as bytes once the sign bit is flipped, and all bits of negative numbers.
    const negative = (bytes[1]! & 0x80) !== 0;
    for (let i = 1; i < 9; i++)
      bytes[i] = negative ? ~bytes[i]! & 0xff : i === 1 ? bytes[i]! ^ 0x80 : bytes[i]!;
    return bytes;
  }
  if (typeof value === 'boolean') return Buffer.of(4, value ? 1 : 0);
  const text = Buffer.from(value, 'utf8').subarray(0, stringBytes);
  if (!text.includes(0)) return Buffer.concat([Buffer.of(3), text, Buffer.of(0, 1)]);
  const escaped: number[] = [3];
  for (const byte of text) {
    escaped.push(byte);
    if (byte === 0) escaped.push(0xff);
  }
  escaped.push(0, 1);
  return Buffer.from(escaped);
}

/** The least byte string after all that begin with `prefix`; null where there is none. */
export function afterPrefix(prefix: Uint8Array): Buffer | null {
  const end = Buffer.from(prefix);
  for (let i = end.length - 1; i >= 0; i--) {
    if (end[i]! < 0xff) {
      end[i]!++;
      return end.subarray(0, i + 1);
    }
  }
  return null;
}
