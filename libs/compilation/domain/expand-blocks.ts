import { type Diagnostic } from '#libs/kernel';
import { expandDynamic, FixedBody, type Block, type Body, type Scope } from '#libs/hcl';
import { hasDynamic, schemaOfBody } from './nested-blocks.js';

/**
 * The blocks, with those that `dynamic` blocks among them make in their place, at any depth. `scope` is asked for only where
 * there are any; it must see what their `for_each` and `labels` refer to. O(size of what is made).
 */
export function expandBlocks(
  blocks: readonly Block[],
  scope: () => Scope,
): { readonly blocks: readonly Block[]; readonly diagnostics: readonly Diagnostic[] } {
  const [first] = blocks;
  if (first === undefined || !hasDynamic(blocks)) return { blocks, diagnostics: [] };
  const written = new FixedBody(first.range, first.range, new Map(), blocks);
  const diagnostics: Diagnostic[] = [];
  const settle = (body: Body): FixedBody => {
    const content = body.content(schemaOfBody(body.attributes.keys(), body.blocks));
    diagnostics.push(...content.diagnostics);
    return new FixedBody(
      body.range,
      body.endRange,
      content.attributes,
      content.blocks.map((block) => ({ ...block, body: settle(block.body) })),
    );
  };
  return { blocks: settle(expandDynamic(written, scope())).blocks, diagnostics };
}
