import { type BlockShape, type Body, type BodyShape, type Expression } from '#libs/hcl';
import { blockSchemaOf } from './nested-blocks.js';
import { flockSchema, specOf, type BlockSpec, type NestedBlockSpec } from './schema/index.js';

const attributesAlone: BodyShape = { blocks: [] };

/** Told apart wherever it stands, so that one in the wrong place is named as what it is. */
const dynamic: BlockShape = {
  type: 'dynamic',
  labels: ['type'],
  body: () => ({ blocks: [{ type: 'content', body: () => open }] }),
};

/** Of nested blocks that the schema does not name. */
const open: BodyShape = { blocks: [dynamic], also: toldByDynamic };

/**
 * What the schema leaves open is a block where `dynamic` tells: it stands beside a `dynamic` of its type, or holds one. Otherwise
 * it is an attribute, with a list of objects for blocks and, for labels, objects of such lists: which has the same value.
 */
function toldByDynamic(body: Body): readonly BlockShape[] {
  const beside = body
    .partialContent({ blocks: [{ type: 'dynamic', labels: ['type'] }] })
    .blocks.map((block) => ({ ...blockSchemaOf(block), body: () => open }));
  const around = [...body.attributes].flatMap(([type, { expression }]) => {
    const labels = labelsAround(expression);
    return labels === undefined ? [] : [{ type, labels, body: () => open }];
  });
  return [...around, ...beside];
}

/** Of a value that is, or lists, bodies with a `dynamic` block: its keys on the way to them stand for labels. */
function labelsAround(value: Expression): readonly string[] | undefined {
  const listed = value.asList();
  if (listed !== undefined)
    return listed.some(
      (item) =>
        holdsDynamic(item) || (item.asMap() ?? []).some((member) => labelsAround(member.value) !== undefined),
    )
      ? []
      : undefined;
  if (holdsDynamic(value)) return [];
  for (const member of value.asMap() ?? []) {
    const inner = labelsAround(member.value);
    if (inner !== undefined) return [`label ${inner.length + 1}`, ...inner];
  }
  return undefined;
}

const keysOf = (value: Expression): readonly (string | undefined)[] =>
  value.asMap()?.map(({ key }) => key.asLiteral()) ?? [];

const holdsDynamic = (body: Expression): boolean =>
  body
    .asMap()
    ?.some(
      ({ key, value }) =>
        key.asLiteral() === 'dynamic' &&
        value
          .asMap()
          ?.some((made) => (made.value.asList() ?? [made.value]).some((d) => keysOf(d).includes('for_each'))),
    ) ?? false;

function shapeOf(spec: Pick<BlockSpec, 'attributes' | 'blocks'> | NestedBlockSpec | undefined): BodyShape {
  if (spec === undefined) return attributesAlone;
  const nested = 'blocks' in spec ? (spec.blocks ?? {}) : {};
  const named = new Set(Object.keys(spec.attributes));
  return {
    blocks: [
      ...Object.entries(nested).map(([type, block]) => ({ type, body: () => shapeOf(block) })),
      dynamic,
    ],
    also: (body) => toldByDynamic(body).filter(({ type }) => !named.has(type)),
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
