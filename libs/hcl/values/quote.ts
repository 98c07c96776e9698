const ORDINARY = /^[ !#-&(-[\]-~]*$/;
const PRINTABLE = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
const ESCAPES = new Map<number, string>([
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
  [92, '\\\\'],
]);

/** A string as messages of the reference implementation quote it (Go's `%q`). O(length). */
export function quote(source: string, mark = '"'): string {
  if (ORDINARY.test(source)) return mark + source + mark;
  let out = mark;
  for (const character of source) {
    const code = character.codePointAt(0) as number;
    if (character === mark) out += `\\${mark}`;
    else if (ESCAPES.has(code)) out += ESCAPES.get(code) as string;
    else if (PRINTABLE.test(character)) out += character;
    else if (code < 0x80) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code < 0x10000) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return out + mark;
}
