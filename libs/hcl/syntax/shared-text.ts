/** Longest text that is shared. V8 copies one of at most 12 characters out of its source; a longer one would keep that. */
const LONGEST = 12;

const seen = new Array<string>(1024).fill('');

/**
 * A stretch of a text. A short one that was seen lately, of whatever text, is the same string again: most names of a
 * configuration are, and would otherwise be an eighth of the tree. O(length).
 */
export function sharedText(text: string, start: number, end: number): string {
  const length = end - start;
  if (length < 2 || length > LONGEST) return text.slice(start, end);
  const first = text.charCodeAt(start);
  const middle = text.charCodeAt(start + (length >> 1));
  const last = text.charCodeAt(end - 1);
  const place = (first * 31 + middle * 7 + last * 3 + length) & (seen.length - 1);
  const known = seen[place]!;
  return known.length === length && text.startsWith(known, start)
    ? known
    : (seen[place] = text.slice(start, end));
}
