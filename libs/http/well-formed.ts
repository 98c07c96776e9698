import { Readable } from 'node:stream';
import { refuse, Refused } from '#libs/kernel';

/** Refuses a body with a string or a name that no record would give back as it came: half a surrogate pair. O(size). */
export function mustBeWellFormed(body: unknown): void {
  const pointer = illFormed(body, '');
  if (pointer === null) return;
  throw new Refused(
    refuse('request/invalid', `${pointer}: holds half a surrogate pair, which no text in UTF-8 can`, {
      fix: 'send well-formed Unicode: escapes from \\ud800 to \\udfff stand for a character only in pairs',
      details: { errors: [{ pointer, message: 'is not well-formed Unicode' }] },
    }),
  );
}

/** JSON pointer of the first one; null where there is none. */
function illFormed(value: unknown, at: string): string | null {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value) ? at : null;
  if (typeof value !== 'object' || value === null || value instanceof Readable) return null;
  for (const [name, member] of Object.entries(value)) {
    const found = illFormed(name, at) ?? illFormed(member, `${at}/${name}`);
    if (found !== null) return found;
  }
  return null;
}
