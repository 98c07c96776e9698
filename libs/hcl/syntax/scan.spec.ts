import { describe, expect, it } from '@jest/globals';
import { referenceTokens } from '../testing/reference-tokens.js';

const shape = (text: string, mode: 'config' | 'template' = 'config') =>
  referenceTokens(text, mode).map(({ type, bytes }) => `${type}${bytes}`);

describe('scan', () => {
  it('takes three forms of comments, of which those to the end of a line take the newline with them', () => {
    expect(shape('# a\n// b\n/* c\n d */x')).toEqual(['C# a\n', 'C// b\n', 'C/* c\n d */', 'Ix', '␄']);
    expect(shape('/* never closed')).toEqual(['//', '**', 'Inever', 'Iclosed', '␄']);
  });

  it('takes identifiers by UAX #31 with "-" for more', () => {
    expect(shape('naïve-x _1 日本')).toEqual(['Inaïve-x', 'I_1', 'I日本', '␄']);
    expect(shape('·a')[0]).toBe('\ufffd·');
    expect(shape('a·')[0]).toBe('Ia·');
    for (const later of ['\u200c', '\u200d', '\u30fb', '\uff65'])
      expect(shape(`a${later}b`)).toEqual(['Ia', `\ufffd${later}`, 'Ib', '␄']);
  });

  it('takes numbers as far as they go', () => {
    expect(shape('1.5e-3x 1.e5 1...')).toEqual([
      'N1.5e-3',
      'Ix',
      'N1.e5',
      'N1',
      '……'.slice(0, 1) + '...',
      '␄',
    ]);
  });

  it('goes into strings, sequences and back, however they nest', () => {
    expect(shape('"a${ {b="}"} }c"')).toEqual([
      ...['«"', 'Qa', '∫${', '{{', 'Ib', '==', '«"', 'Q}', '»"', '}}', '∎}', 'Qc', '»"', '␄'],
    ]);
    expect(shape('"$${x} %%{y} $ %"')).toEqual([
      ...['«"', 'Q$${', 'Qx} ', 'Q%%{', 'Qy} ', 'Q$', 'Q ', 'Q%', '»"', '␄'],
    ]);
  });

  it('ends a heredoc at its marker alone on a line', () => {
    expect(shape('<<EOT\na\n EOTX\n  EOT\n')).toEqual([
      'H<<EOT\n',
      'Sa\n',
      'S EOTX\n',
      'h  EOT',
      '\n\n',
      '␄',
    ]);
    expect(shape('a << b')).toEqual(['Ia', '<<', '<<', 'Ib', '␄']);
  });

  it('counts the clusters of each token, also where one would reach into the next', () => {
    const columns = (text: string) => referenceTokens(text, 'config').map(({ range }) => range[1]);
    expect(columns('"\u0301" 1')).toEqual([1, 2, 3, 5, 6]);
    expect(columns('"${a}\u200d" 1')).toEqual([1, 2, 4, 5, 6, 7, 9, 10]);
    expect(columns('👍🏽 1')).toEqual([1, 2, 4, 5]);
    expect(columns('"👍🏽" 1')).toEqual([1, 2, 3, 5, 6]);
  });

  it('counts columns in grapheme clusters and bytes in UTF-8, behind a byte order mark and with CRLF', () => {
    const tokens = referenceTokens('\ufeffa = "👩‍👩‍👧é"\r\nb', 'config');
    expect(tokens.map((t) => t.range)).toEqual([
      [1, 1, 3, 1, 2, 4],
      [1, 3, 5, 1, 4, 6],
      [1, 5, 7, 1, 6, 8],
      [1, 6, 8, 1, 8, 28],
      [1, 8, 28, 1, 9, 29],
      [1, 9, 29, 2, 1, 31],
      [2, 1, 31, 2, 2, 32],
      [2, 2, 32, 2, 2, 32],
    ]);
  });

  it('scans a bare template', () => {
    expect(shape('a $ ${b}\nc', 'template')).toEqual([
      'Sa ',
      'S$',
      'S ',
      '∫${',
      'Ib',
      '∎}',
      'S\n',
      'Sc',
      '␄',
    ]);
  });
});
