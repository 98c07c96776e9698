import { nativeParts, type Expression } from '#libs/hcl';
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
): readonly WrittenName[] {
  const names: WrittenName[] = [];
  for (const { expression } of locals.values()) collect(expression, false, names);
  for (const block of blocks.values()) {
    for (const [name, attribute] of block.attributes)
      if (!never.has(name))
        collect(attribute.expression, block.spec.attributes[name]?.type === 'region', names);
    collectNested(block.blocks, names);
  }
  return names;
}

function collectNested(blocks: ParsedBlock['blocks'], into: WrittenName[]): void {
  for (const { body } of blocks) {
    for (const [name, { expression }] of body.attributes)
      if (!never.has(name)) collect(expression, false, into);
    collectNested(body.blocks, into);
  }
}

const token = /"(?:[^"\\\n]|\\.)*"|#.*|\/\/.*|\/\*[\s\S]*?\*\//g;
const nameLike = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

function collect(expression: Expression, region: boolean, into: WrittenName[]): void {
  for (const part of nativeParts(expression)) {
    const { node, source } = part;
    const text = source.text.slice(node.start, node.end);
    // A string of the JSON syntax is a template, and so without quotes of its own.
    if (part !== expression && nameLike.test(part.asLiteral() ?? ''))
      into.push({ text: part.asLiteral()!, region, range: part.range });
    if (!text.includes('"')) continue;
    for (const { 0: found, index } of text.matchAll(token)) {
      const within = found.slice(1, -1);
      if (!found.startsWith('"') || !nameLike.test(within)) continue;
      const start = node.start + index;
      into.push({ text: within, region, range: source.range(start, start + found.length) });
    }
  }
}
