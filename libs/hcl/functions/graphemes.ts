const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
// Here one UTF-16 unit is one cluster; CR LF, which is one cluster too, is left to the segmenter.
const SIMPLE = /^[\u0000-\u000c\u000e-\u02ff]*$/;

/** What a reader sees as characters: the grapheme clusters of a text (UAX #29). O(length). */
export function graphemes(source: string): string[] {
  if (SIMPLE.test(source)) return source.split('');
  return Array.from(segmenter.segment(source), (part) => part.segment);
}

export function graphemeCount(source: string): number {
  return SIMPLE.test(source) ? source.length : graphemes(source).length;
}
