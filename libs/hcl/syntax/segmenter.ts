let made: Intl.Segmenter | undefined;

/** Tells grapheme clusters apart. Made at the first use, as its tables take longer to load than most texts to parse. */
export const segmenter = (): Intl.Segmenter =>
  (made ??= new Intl.Segmenter('en', { granularity: 'grapheme' }));
