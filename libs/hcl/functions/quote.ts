import { quote } from '../values/quote.js';
import { encodeUtf8 } from './utf8.js';

export { quote };

/** As Go quotes what is no text, and its time package everything: byte by byte what is not ASCII. */
export function quoteBytes(source: string | Uint8Array): string {
  let out = '"';
  for (const byte of typeof source === 'string' ? encodeUtf8(source) : source) {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === '\\') out += `\\${character}`;
    else out += byte < 0x20 || byte >= 0x80 ? `\\x${byte.toString(16).padStart(2, '0')}` : character;
  }
  return `${out}"`;
}

/** A single character in apostrophes. */
export const quoteCharacter = (character: string): string => quote(character, "'");
