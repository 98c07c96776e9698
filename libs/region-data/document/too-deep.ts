import { type CST, Parser } from 'yaml';

/** Levels of lists and objects: more than anybody writes by hand, and far from what the recursion of parsers bears. */
export const deepest = 200;

/** Offset of the first bracket that is too deep; null where none is. Without recursion, O(text). */
export function tooDeepInJson(text: string): number | null {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at];
    if (inString) {
      if (c === '\\') at += 1;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === ']' || c === '}') depth -= 1;
    else if (c === '[' || c === '{') {
      depth += 1;
      if (depth > deepest) return at;
    }
  }
  return null;
}

/** Offset of the first collection that is too deep; null where none is. Without recursion, O(text). */
export function tooDeepInYaml(text: string): number | null {
  const open: (readonly [token: CST.Token, depth: number])[] = [];
  for (const document of new Parser().parse(text)) {
    open.push([document, 0]);
    for (let next = open.pop(); next; next = open.pop()) {
      const [token, depth] = next;
      if (depth > deepest) return token.offset;
      if (token.type === 'document') {
        if (token.value) open.push([token.value, depth + 1]);
      } else if ('items' in token)
        for (const { key, value } of token.items) {
          if (value) open.push([value, depth + 1]);
          if (key) open.push([key, depth + 1]);
        }
    }
  }
  return null;
}
