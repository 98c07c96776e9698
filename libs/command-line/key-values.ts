import { refuse, Refused, type Json } from '#libs/kernel';

/** `key=value` options as an object. A value that reads as JSON is that (`7`, `true`, `["a"]`, `"7"`), any other is text. */
export function keyValues(given: readonly string[]): Readonly<Record<string, Json>> {
  const values: Record<string, Json> = {};
  for (const one of given) {
    const at = one.indexOf('=');
    if (at < 1)
      throw new Refused(
        refuse('cli/invalid-option', `--set ${one} says no value`, { fix: 'write it as --set key=value' }),
      );
    values[one.slice(0, at)] = jsonOrText(one.slice(at + 1));
  }
  return values;
}

export function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
