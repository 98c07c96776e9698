import { nfc } from '../values/text.js';
import { graphemes } from './graphemes.js';

/**
 * How much of a string's beginning is certain to stay a beginning whatever follows: without the last character, to which a
 * combining one could be added, unless it is of those that never combine.
 */
export function safePrefix(beginning: string): string {
  const normal = nfc(beginning);
  // The reference's rule ends at a line feed.
  const lineFeed = normal.search(/(?<!\r)\n/);
  if (lineFeed >= 0) return normal.slice(0, lineFeed);
  const last = graphemes(normal).at(-1) ?? '';
  return /^[-_:;/\\,.(){}[\]|?!~ \t@#$%^&*+"']$/.test(last)
    ? normal
    : normal.slice(0, normal.length - last.length);
}
