import { nfc } from '../values/text.js';
import { graphemes } from './graphemes.js';

/**
 * How much of a string's beginning is certain to stay a beginning whatever follows: without the last character, to which a
 * combining one could be added, unless it is of those that never combine.
 */
export function safePrefix(beginning: string): string {
  const normal = nfc(beginning);
  const last = graphemes(normal).at(-1) ?? '';
  // Where the last character could still be composed with another, the reference cuts there; otherwise at a line feed.
  const lineFeed = normal.search(/(?<!\r)\n/);
  if (lineFeed >= 0 && !mayCompose(last)) return normal.slice(0, lineFeed);
  return /^[-_:;/\\,.(){}[\]|?!~ \t@#$%^&*+"']$/.test(last)
    ? normal
    : normal.slice(0, normal.length - last.length);
}

// All that ends a canonical composition but Hangul, whose syllables have decompositions themselves.
const COMBINING = Array.from(
  '\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030f\u0311\u0313\u0314\u031b\u0323' +
    '\u0324\u0325\u0326\u0327\u0328\u032d\u032e\u0330\u0331\u0338\u0342\u0345\u0653\u0654\u0655\u093c\u09be\u09d7' +
    '\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0c56\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dca\u0dcf\u0ddf\u102e\u1b35\u3099\u309a',
);

/** Whether normal form C may join the character with a next one, or has joined it with others. */
function mayCompose(character: string): boolean {
  return (
    /\p{M}$/u.test(character) ||
    character.normalize('NFD') !== character ||
    COMBINING.some((mark) => (character + mark).normalize('NFC').length === character.length)
  );
}
