import { dynamicParts, type Block, type BlockSchema, type BodySchema, type DynamicParts } from '#libs/hcl';

/** The type of a nested block, or of the blocks that a `dynamic` block makes. */
export const nestedType = (block: Block): string =>
  block.type === 'dynamic' ? (block.labels[0] ?? '') : block.type;

/** How many labels the block has, or those that it makes. */
export const labelCount = (block: Block): number =>
  block.type === 'dynamic'
    ? (block.body.attributes.get('labels')?.expression.asList()?.length ?? 0)
    : block.labels.length;

/** What a `dynamic` block says. A flock's schema leaves open which labels its blocks have: those that it gives them. */
export const partsOf = (dynamic: Block): DynamicParts => dynamicParts(dynamic, blockSchemaOf(dynamic));

/** What stands in the block for its attributes and blocks: of a `dynamic` block its content, where it has any. */
export const contentOf = (block: Block): Block['body'] | undefined =>
  block.type === 'dynamic' ? partsOf(block).content : block.body;

export const hasDynamic = (blocks: readonly Block[]): boolean =>
  blocks.some((block) => block.type === 'dynamic' || hasDynamic(block.body.blocks));

/** All that stands in a body, as what it stands there. */
export function schemaOfBody(names: Iterable<string>, blocks: readonly Block[]): BodySchema {
  return {
    attributes: [...names].map((name) => ({ name })),
    blocks: [...new Map(blocks.map((block) => [nestedType(block), blockSchemaOf(block)])).values()],
  };
}

/** The block, or what it makes, with as many labels as it has. */
export const blockSchemaOf = (block: Block): BlockSchema => ({
  type: nestedType(block),
  labels: Array.from({ length: labelCount(block) }, (_, at) => `label ${at + 1}`),
});
