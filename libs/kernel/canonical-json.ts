/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Names of members, as they stand in the text: most are short, few, and come again. */
const NAMES_KEPT = 4096;
const NAME_KEPT = 64;
const names = new Map<string, string>();

/**
 * One text per value (RFC 8785): keys sorted by UTF-16 code units, no white space, `undefined` members left out.
 * Throws a TypeError on what JSON cannot say (NaN, bigint, functions, half a surrogate pair). O(n log n) in the size of the value,
 * as fast as `JSON.stringify`.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
      return String(value);
    case 'object':
      break;
    default:
      throw new TypeError(`JSON has no ${typeof value}`);
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    let text = '[';
    for (let i = 0; i < value.length; i += 1) text += (i === 0 ? '' : ',') + canonicalJson(value[i] ?? null);
    return `${text}]`;
  }
  const record = value as Record<string, unknown>;
  let text = '';
  for (const key of sorted(Object.keys(record))) {
    const member = record[key];
    if (member !== undefined) text += (text === '' ? '{' : ',') + nameOf(key) + canonicalJson(member);
  }
  return text === '' ? '{}' : `${text}}`;
}

/** In place. `sort` takes memory for its work, which for the few keys of most objects costs more than the work. */
function sorted(keys: string[]): string[] {
  if (keys.length > 32) return keys.sort();
  for (let i = 1; i < keys.length; i += 1) {
    const key = keys[i]!;
    let at = i;
    for (; at > 0 && keys[at - 1]! > key; at -= 1) keys[at] = keys[at - 1]!;
    keys[at] = key;
  }
  return keys;
}

function nameOf(key: string): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = `${quote(key)}:`;
  if (key.length > NAME_KEPT) return name;
  if (names.size >= NAMES_KEPT) names.clear();
  names.set(key, name);
  return name;
}

/** Most strings need no escape: seeing that is cheaper than `JSON.stringify`. */
function quote(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  if (/\p{Surrogate}/u.test(text))
    throw new TypeError('a string holds half a surrogate pair, which UTF-8 cannot say');
  return JSON.stringify(text);
}
