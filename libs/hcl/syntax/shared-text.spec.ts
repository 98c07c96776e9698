import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sharedText } from './shared-text.js';

describe('shared text', () => {
  it('is the stretch that was asked for, whatever was asked for before', () => {
    // Few letters, so that different texts meet in one place.
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '名', '-'), minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.nat(40), fc.nat(16)), { maxLength: 100 }), (stretches) => {
        for (const [text, at, length] of stretches) {
          const start = at % text.length;
          const end = Math.min(text.length, start + length);
          expect(sharedText(text, start, end)).toBe(text.slice(start, end));
        }
      }),
    );
  });
});
