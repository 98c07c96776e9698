const WINDOW = 32768;
const LONGEST = 258;
const CHAIN = 64;
const SHORT = 16;

/**
 * RFC 1952 around one DEFLATE block with fixed codes. Written out here because a compression library's bytes change with its
 * version and processor, and a compiled region must not. No time stamp, no name. O(n · 64).
 */
export function gzip(bytes: Uint8Array): Uint8Array {
  const body = bytes.length < SHORT ? stored(bytes) : deflate(bytes);
  const out = new Uint8Array(10 + body.length + 8);
  out.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  out.set(body, 10);
  const trailer = new DataView(out.buffer, 10 + body.length);
  trailer.setUint32(0, crc32(bytes), true);
  trailer.setUint32(4, bytes.length, true);
  return out;
}

/** The bytes as they are, an empty block and an empty last one: of a short text Go makes the same. */
function stored(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([0, bytes.length, 0, ~bytes.length & 255, 255, ...bytes, 0, 0, 0, 255, 255, 3, 0]);
}

/** RFC 1951. Matches are found through chains of places with the same three bytes, the longest of the nearest 64. */
function deflate(bytes: Uint8Array): Uint8Array {
  const bits = new BitWriter();
  bits.write(0b011, 3);
  const heads = new Int32Array(1 << 15).fill(-1);
  const previous = new Int32Array(WINDOW).fill(-1);
  const enter = (i: number): void => {
    if (i + 2 >= bytes.length) return;
    const hash = hashAt(bytes, i);
    previous[i % WINDOW] = heads[hash] as number;
    heads[hash] = i;
  };
  for (let i = 0; i < bytes.length;) {
    const { length, distance } = longestMatch(bytes, i, heads, previous);
    if (length < 3) {
      writeLiteral(bits, bytes[i] as number);
      enter(i++);
      continue;
    }
    writeMatch(bits, length, distance);
    for (const end = i + length; i < end; i++) enter(i);
  }
  writeLiteral(bits, 256);
  return bits.finish();
}

function longestMatch(
  bytes: Uint8Array,
  at: number,
  heads: Int32Array,
  previous: Int32Array,
): { length: number; distance: number } {
  let length = 0;
  let distance = 0;
  if (at + 2 >= bytes.length) return { length, distance };
  const limit = Math.min(LONGEST, bytes.length - at);
  let candidate = heads[hashAt(bytes, at)] as number;
  for (let i = 0; i < CHAIN && candidate >= 0 && at - candidate <= WINDOW; i++) {
    let n = 0;
    while (n < limit && bytes[candidate + n] === bytes[at + n]) n++;
    if (n > length) {
      length = n;
      distance = at - candidate;
      if (n === limit) break;
    }
    const next = previous[candidate % WINDOW] as number;
    if (next >= candidate) break;
    candidate = next;
  }
  return { length, distance };
}

function hashAt(bytes: Uint8Array, i: number): number {
  const three = ((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8) | (bytes[i + 2] as number);
  return (Math.imul(three, 0x9e3779b1) >>> 17) & 0x7fff;
}

function writeLiteral(bits: BitWriter, symbol: number): void {
  if (symbol < 144) bits.writeCode(0x30 + symbol, 8);
  else if (symbol < 256) bits.writeCode(0x190 + symbol - 144, 9);
  else if (symbol < 280) bits.writeCode(symbol - 256, 7);
  else bits.writeCode(0xc0 + symbol - 280, 8);
}

function writeMatch(bits: BitWriter, length: number, distance: number): void {
  const l = length === LONGEST ? { code: 28, extra: 0, bits: 0 } : bucket(length - 3, 2);
  writeLiteral(bits, 257 + l.code);
  bits.write(l.extra, l.bits);
  const d = bucket(distance - 1, 1);
  bits.writeCode(d.code, 5);
  bits.write(d.extra, d.bits);
}

/** Lengths and distances come in buckets that double in size after every 2^`fine` of them. */
function bucket(n: number, fine: number): { code: number; extra: number; bits: number } {
  if (n < 2 << fine) return { code: n, extra: 0, bits: 0 };
  const bits = 31 - Math.clz32(n) - fine;
  return { code: (bits << fine) + (n >> bits), extra: n & ((1 << bits) - 1), bits };
}

class BitWriter {
  private readonly bytes: number[] = [];
  private pending = 0;
  private count = 0;

  /** Lowest bit first. */
  write(value: number, bits: number): void {
    this.pending |= value << this.count;
    this.count += bits;
    while (this.count >= 8) {
      this.bytes.push(this.pending & 255);
      this.pending >>>= 8;
      this.count -= 8;
    }
  }

  /** Huffman codes go highest bit first. */
  writeCode(code: number, bits: number): void {
    let reversed = 0;
    for (let i = 0; i < bits; i++) reversed |= ((code >> i) & 1) << (bits - 1 - i);
    this.write(reversed, bits);
  }

  finish(): Uint8Array {
    if (this.count > 0) this.bytes.push(this.pending & 255);
    return Uint8Array.from(this.bytes);
  }
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let i = 0; i < 8; i++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
