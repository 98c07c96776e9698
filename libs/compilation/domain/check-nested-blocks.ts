import { type Diagnostic } from '#libs/kernel';
import { type Block, type Body } from '#libs/hcl';
import { contentOf, labelCount, nestedType, partsOf } from './nested-blocks.js';

/** What holds for nested blocks of any type, at any depth: `dynamic` blocks are whole, and each name stands for one thing. */
export function checkNestedBlocks(body: Body): readonly Diagnostic[] {
  const first = new Map<string, Block>();
  return body.blocks.flatMap((block) => {
    if (block.type === 'dynamic' && block.labels.length !== 1)
      return [
        fault(
          block,
          'flock/dynamic',
          'dynamic without a type',
          'Say what blocks it makes: dynamic "TYPE" { for_each = … content { … } }.',
        ),
      ];
    const type = nestedType(block);
    const known = first.get(type);
    first.set(type, known ?? block);
    const content = contentOf(block);
    const found = [
      ...(block.type === 'dynamic' ? partsOf(block).diagnostics : []),
      ...(content === undefined ? [] : checkNestedBlocks(content)),
    ];
    const attribute = body.attributes.get(type);
    if (attribute !== undefined)
      found.push({
        ...fault(
          block,
          'flock/attribute-and-block',
          'Attribute and block of one name',
          `"${type}" stands here as an attribute and as a block, and only one can have the name. Write all of them as blocks, or all as ${type} = [{ … }].`,
        ),
        related: [{ message: 'the attribute', range: attribute.nameRange }],
      });
    if (known !== undefined && labelCount(known) !== labelCount(block))
      found.push({
        ...fault(
          block,
          'flock/labels',
          'Different numbers of labels',
          `"${type}" has ${labelCount(known)} labels at ${known.headerRange.filename}:${known.headerRange.start.line}, and ${labelCount(block)} here. Give all of them the same number.`,
        ),
        related: [{ message: 'the first one', range: known.headerRange }],
      });
    return found;
  });
}

const fault = (block: Block, code: string, summary: string, detail: string): Diagnostic => ({
  severity: 'error',
  code,
  summary,
  detail,
  subject: block.headerRange,
});
