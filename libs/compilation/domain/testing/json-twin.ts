import { NativeExpression, parseConfig, type Block, type Body, type Expression } from '#libs/hcl';
import { specOf, type AttributeSpec, type BlockSpec } from '../schema/index.js';

/** A native config file as an author would write the same in the JSON syntax. Blocks that the schema does not name become lists. */
export function jsonTwin(text: string | Uint8Array): string {
  const { body } = parseConfig(text, 'native.hcl');
  const top: Record<string, unknown> = { '//': 'the twin of a native file' };
  for (const block of body.blocks) {
    const spec = specOf(block.type, ['resource', 'data'].includes(block.type) ? block.labels[0] : '');
    let at = top;
    for (const step of [block.type, ...block.labels].slice(0, -1))
      at = (at[step] ??= {}) as Record<string, unknown>;
    const last = block.labels.at(-1) ?? block.type;
    const twin = bodyOf(block.body, spec);
    at[last] = at[last] === undefined ? twin : [at[last], twin].flat();
  }
  return JSON.stringify(top, null, 2);
}

function bodyOf(body: Body, spec: Pick<BlockSpec, 'attributes' | 'blocks'> | undefined): object {
  const found: Record<string, unknown> = {};
  for (const [name, { expression }] of body.attributes)
    found[name] = valueOf(expression, spec?.attributes[name]?.type);
  for (const block of body.blocks) {
    const inner = spec?.blocks?.[block.type];
    if (inner !== undefined) found[block.type] = bodyOf(block.body, inner);
    else if (block.type === 'dynamic') addDynamic(found, block.labels[0]!, block.body);
    else addBlock(found, block);
  }
  return found;
}

function addBlock(to: Record<string, unknown>, { type, labels, body }: Block): void {
  let at = to;
  for (const step of [type, ...labels.slice(0, -1)].slice(0, labels.length))
    at = (at[step] ??= {}) as Record<string, unknown>;
  const last = labels.at(-1) ?? type;
  at[last] = [...((at[last] as object[] | undefined) ?? []), bodyOf(body, undefined)];
}

function addDynamic(to: Record<string, unknown>, type: string, { attributes, blocks }: Body): void {
  const iterator = attributes.get('iterator');
  const labels = attributes.get('labels');
  const twin = {
    for_each: valueOf(attributes.get('for_each')!.expression),
    ...(iterator && { iterator: iterator.expression.asKeyword() }),
    ...(labels && { labels: valueOf(labels.expression) }),
    content: bodyOf(blocks[0]!.body, undefined),
  };
  const dynamic = (to['dynamic'] ??= {}) as Record<string, object[]>;
  dynamic[type] = [...(dynamic[type] ?? []), twin];
}

function valueOf(expression: Expression, type?: AttributeSpec['type']): unknown {
  const literal = expression.asLiteral();
  if (literal !== undefined) return literal.replaceAll(/[$%](?=\{)/g, '$&$&');
  if (type === 'references') return expression.asList()?.map(textOf) ?? textOf(expression);
  const list = expression.asList();
  if (list !== undefined) return list.map((item) => valueOf(item));
  return /^(true|false|null|\d+)$/.test(textOf(expression))
    ? JSON.parse(textOf(expression))
    : `\${${textOf(expression)}}`;
}

const textOf = (expression: Expression): string =>
  expression instanceof NativeExpression
    ? expression.source.text.slice(expression.node.start, expression.node.end)
    : '';
