import { type BlockShape, type BodyShape } from '#libs/hcl';
import { flockSchema, specOf, type BlockSpec, type NestedBlockSpec } from './schema/index.js';

const attributesAlone: BodyShape = { blocks: [] };

/** Told apart wherever it stands, so that one in the wrong place is named as what it is. */
const dynamic: BlockShape = {
  type: 'dynamic',
  labels: ['type'],
  body: () => ({ blocks: [{ type: 'content', body: () => ({ blocks: [dynamic] }) }] }),
};

function shapeOf(spec: Pick<BlockSpec, 'attributes' | 'blocks'> | NestedBlockSpec | undefined): BodyShape {
  if (spec === undefined) return attributesAlone;
  const nested = 'blocks' in spec ? (spec.blocks ?? {}) : {};
  return {
    blocks: [
      ...Object.entries(nested).map(([type, block]) => ({ type, body: () => shapeOf(block) })),
      dynamic,
    ],
    references: new Set(
      Object.entries(spec.attributes).flatMap(([name, { type }]) => (type === 'references' ? [name] : [])),
    ),
  };
}

/** What of a flock file in the JSON syntax is a block; whatever the schema does not name is an attribute, as in Terraform. */
export const jsonShape: BodyShape = {
  blocks: [
    { type: 'locals', body: () => attributesAlone },
    ...[...new Set(flockSchema.map(({ keyword }) => keyword))].map((keyword) => ({
      type: keyword,
      labels: flockSchema.find((spec) => spec.keyword === keyword)!.labels,
      body: (labels: readonly string[]) =>
        shapeOf(keyword === 'resource' || keyword === 'data' ? specOf(keyword, labels[0]) : specOf(keyword)),
    })),
    dynamic,
  ],
};
