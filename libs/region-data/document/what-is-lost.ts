import { pointer } from './document-problems.js';
import { type Path } from './source-text.js';
import { deepest } from './too-deep.js';

export interface Lost {
  readonly path: Path;
  readonly summary: string;
  readonly detail: string;
}

/**
 * The first part of a value that no record would give back as it came: what JSON cannot say, half a surrogate pair, the name
 * `__proto__`, or what references in YAML make deeper than 200 levels. Null where there is none. O(size).
 */
export function whatIsLost(value: unknown, path: Path, depth = 0): Lost | null {
  if (typeof value === 'string') return isWellFormed(value) ? null : halfAPair(path, 'This text');
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return null;
  if (!Array.isArray(value) && !isPlainObject(value))
    return {
      path,
      summary: 'JSON cannot say this value',
      detail: `Write ${pointer(path)} as a text, a finite number, true, false, null, a list or an object.`,
    };
  if (depth === deepest)
    return {
      path,
      summary: `This lies deeper than ${deepest} levels`,
      detail: `Write ${pointer(path.slice(0, 3))} flatter.`,
    };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const lost = whatIsLost(item, [...path, index], depth + 1);
      if (lost) return lost;
    }
    return null;
  }
  for (const [name, member] of Object.entries(value)) {
    if (!isWellFormed(name)) return halfAPair(path, 'A name in here');
    const at = [...path, name];
    if (name === '__proto__')
      return { path: at, summary: 'Nothing can be named "__proto__"', detail: 'Give it another name.' };
    const lost = whatIsLost(member, at, depth + 1);
    if (lost) return lost;
  }
  return null;
}

const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

const halfAPair = (path: Path, what: string): Lost => ({
  path,
  summary: `${what} holds half a surrogate pair, which no text in UTF-8 can`,
  detail: `Mend ${pointer(path)}: escapes from \\ud800 to \\udfff stand for a character only in pairs.`,
});

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
