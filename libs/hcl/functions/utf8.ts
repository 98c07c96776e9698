const encoder = new TextEncoder();
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

export const encodeUtf8 = (source: string): Uint8Array => encoder.encode(source);

/** Undefined where the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** With U+FFFD for what is not UTF-8. */
export const decodeUtf8Leniently = (bytes: Uint8Array): string => lenient.decode(bytes);

/** Bytes of the text in UTF-8. O(length). */
export function utf8Length(source: string): number {
  let length = 0;
  for (let i = 0; i < source.length; i++) {
    const unit = source.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit >= 0xd800 && unit <= 0xdbff && i + 1 < source.length) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}
