/**
 * A pattern as a regular expression for whole paths: `*` and `?` within a folder, `**` over any number of folders, `[a-z]`,
 * `[^a-z]`, `{one,two}`, and `\` before a character that stands for itself. Undefined where the pattern is malformed.
 */
export function globPattern(pattern: string): RegExp | undefined {
  let out = '';
  let open = 0;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i] as string;
    const rest = pattern.slice(i);
    const folders = /^\*\*(\/|$)/.exec(rest);
    if (folders !== null && (i === 0 || pattern[i - 1] === '/')) {
      out += folders[1] === '/' ? '(?:[^/]+/)*' : '.*';
      i += folders[0].length - 1;
    } else if (character === '*') {
      out += '[^/]*';
    } else if (character === '?') {
      out += '[^/]';
    } else if (character === '[') {
      const set = /^\[([!^]?)((?:\\.|[^\]\\])+)\]/.exec(rest);
      if (set === null) return undefined;
      out += `(?!/)[${set[1] === '' ? '' : '^'}${(set[2] as string).replace(/[[\]^]/g, '\\$&')}]`;
      i += set[0].length - 1;
    } else if (character === '{') {
      out += '(?:';
      open++;
    } else if (character === '}' && open > 0) {
      out += ')';
      open--;
    } else if (character === ',' && open > 0) {
      out += '|';
    } else if (character === '\\') {
      i++;
      if (i >= pattern.length) return undefined;
      out += literal(pattern[i] as string);
    } else {
      out += literal(character);
    }
  }
  return open > 0 ? undefined : new RegExp(`^${out}$`, 's');
}

const literal = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
