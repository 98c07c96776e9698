// Everything below U+0300 is in normal form C already.
const PLAIN = /^[^\u0300-\uffff]*$/;

/** Normal form C; O(length), without a copy for Western text. */
export function nfc(text: string): string {
  return PLAIN.test(text) ? text : text.normalize('NFC');
}
