const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/** Standard base64 with padding (RFC 4648). */
export function encodeBase64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const rest = bytes.length - i;
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += ALPHABET[group >> 18]! + ALPHABET[(group >> 12) & 63]!;
    out += rest > 1 ? ALPHABET[(group >> 6) & 63]! : '=';
    out += rest > 2 ? ALPHABET[group & 63]! : '=';
  }
  return out;
}

/**
 * The bytes, or the byte offset of the first symbol that is wrong. Line breaks are skipped and padding is required, as by
 * Go's `base64.StdEncoding`.
 */
export function decodeBase64(source: string): Uint8Array | number {
  const bytes = new Uint8Array(Math.ceil((source.length * 3) / 4));
  let length = 0;
  let group = 0;
  let count = 0;
  const skipBreaks = (i: number): number => {
    let at = i;
    while (source[at] === '\n' || source[at] === '\r') at++;
    return at;
  };
  for (let i = 0; ; i++) {
    i = skipBreaks(i);
    if (i >= source.length) break;
    const code = source.charCodeAt(i);
    const value = code < 128 ? (VALUES[code] as number) : -1;
    if (value >= 0) {
      group = (group << 6) | value;
      if (++count < 4) continue;
      bytes[length++] = group >> 16;
      bytes[length++] = (group >> 8) & 255;
      bytes[length++] = group & 255;
      group = 0;
      count = 0;
      continue;
    }
    if (code !== 61 || count < 2) return i;
    let at = skipBreaks(i + 1);
    if (count === 2) {
      if (at >= source.length) return source.length;
      if (source[at] !== '=') return at;
      at = skipBreaks(at + 1);
    }
    if (at < source.length) return at;
    bytes[length++] = count === 2 ? group >> 4 : group >> 10;
    if (count === 3) bytes[length++] = (group >> 2) & 255;
    return bytes.slice(0, length);
  }
  return count === 0 ? bytes.slice(0, length) : source.length - count;
}
