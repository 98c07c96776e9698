import { type SourcePosition, type SourceRange } from '#libs/kernel';
import { type Expression } from '#libs/hcl';
import { type ParsedBlock, type WrittenName } from './parsed-flock.js';

/** Attributes whose strings name other things than regions. */
const never = new Set([
  'name',
  'kind',
  'artifact',
  'description',
  'service',
  'phase',
  'executor',
  'environment',
]);

/**
 * Strings written out in expressions, as candidates for names of regions (ST-13, FL-01). Found in the text of the expression,
 * because a comparison deep within a filter counts as much as an attribute. O(size of the text).
 */
export function writtenNames(
  locals: ReadonlyMap<string, { readonly expression: Expression }>,
  blocks: ReadonlyMap<string, ParsedBlock>,
  texts: ReadonlyMap<string, Uint8Array>,
): readonly WrittenName[] {
  const names: WrittenName[] = [];
  for (const { expression } of locals.values()) collect(expression, false, texts, names);
  for (const block of blocks.values()) {
    for (const [name, attribute] of block.attributes)
      if (!never.has(name))
        collect(attribute.expression, block.spec.attributes[name]?.type === 'region', texts, names);
    for (const nested of block.blocks)
      for (const [name, attribute] of nested.body.attributes)
        if (!never.has(name)) collect(attribute.expression, false, texts, names);
  }
  return names;
}

const decoder = new TextDecoder();
const token = /"(?:[^"\\\n]|\\.)*"|#.*|\/\/.*|\/\*[\s\S]*?\*\//g;
const name = /^"([A-Za-z0-9][A-Za-z0-9_-]*)"$/;

function collect(
  expression: Expression,
  region: boolean,
  texts: ReadonlyMap<string, Uint8Array>,
  into: WrittenName[],
): void {
  const { range } = expression;
  const bytes = texts.get(range.filename)?.subarray(range.start.byte, range.end.byte);
  if (bytes === undefined || !bytes.includes(0x22)) return;
  const text = decoder.decode(bytes);
  for (const match of text.matchAll(token)) {
    const found = name.exec(match[0])?.[1];
    if (found === undefined) continue;
    into.push({ text: found, region, range: rangeWithin(range, text, match.index, match[0].length) });
  }
}

function rangeWithin(range: SourceRange, text: string, at: number, length: number): SourceRange {
  const start = advance(range.start, text.slice(0, at));
  return { filename: range.filename, start, end: advance(start, text.slice(at, at + length)) };
}

function advance(from: SourcePosition, text: string): SourcePosition {
  const lines = text.split('\n');
  const last = Array.from(lines.at(-1)!).length;
  return {
    line: from.line + lines.length - 1,
    column: lines.length === 1 ? from.column + last : last + 1,
    byte: from.byte + new TextEncoder().encode(text).length,
  };
}
