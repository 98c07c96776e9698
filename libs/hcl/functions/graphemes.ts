import { segmenter } from '../syntax/segmenter.js';

// Below U+0300 one UTF-16 unit is one cluster, but for CR LF.
const SIMPLE = /^[^\u0300-\uffff\r]*$/;

/** What a reader sees as characters: the grapheme clusters of a text (UAX #29). O(length). */
export function graphemes(source: string): string[] {
  if (SIMPLE.test(source)) return source.split('');
  return Array.from(segmenter().segment(source), (part) => part.segment);
}

export function graphemeCount(source: string): number {
  return SIMPLE.test(source) ? source.length : graphemes(source).length;
}
