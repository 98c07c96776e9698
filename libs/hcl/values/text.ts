// Everything below U+0300 is in normal form C already.
const PLAIN = /^[^\u0300-\uffff]*$/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** With U+FFFD, as Go reads them, for surrogates that stand alone. */
export const wellFormed = (text: string): string => text.replace(LONE_SURROGATE, '\ufffd');

/** Normal form C; O(length), without a copy for Western text. */
export function nfc(text: string): string {
  return PLAIN.test(text) ? text : text.normalize('NFC');
}
