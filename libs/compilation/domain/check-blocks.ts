import { type Diagnostic } from '#libs/kernel';
import { type Block, type Body } from '#libs/hcl';
import { checkNestedBlocks } from './check-nested-blocks.js';
import { contentOf, labelCount, nestedType } from './nested-blocks.js';
import {
  didYouMean,
  flockSchema,
  handling,
  specOf,
  type BlockSpec,
  type NestedBlockSpec,
} from './schema/index.js';

const keywords = [...new Set(['locals', ...flockSchema.map((s) => s.keyword)])];

/** Which kind of block it is; without a spec where it is none. */
export function checkHeader(block: Block): {
  readonly spec: BlockSpec | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  const typed = block.type === 'resource' || block.type === 'data';
  if (block.type === 'dynamic')
    return wrong(
      block,
      'flock/dynamic',
      'dynamic at the top',
      'dynamic makes blocks within a block. Repeat a block of the flock itself with its count or for_each.',
    );
  if (!keywords.includes(block.type))
    return wrong(
      block,
      'flock/unknown-block',
      'Unknown block',
      `A flock config has no "${block.type}" block.${didYouMean(block.type, keywords) || ` There are ${keywords.join(', ')}.`}`,
    );
  const spec = typed ? specOf(block.type, block.labels[0]) : specOf(block.type);
  if (spec === undefined) {
    const types = flockSchema.filter((s) => s.keyword === block.type).map((s) => s.type!);
    const type = block.labels[0];
    return wrong(
      block,
      'flock/unknown-type',
      `Unknown ${block.type} type`,
      type === undefined
        ? `Write ${block.type} "TYPE" "NAME" { … }, TYPE one of ${types.join(', ')}.`
        : `There is no ${block.type} type "${type}".${didYouMean(type, types) || ` Known are ${types.join(', ')}.`}`,
    );
  }
  if (block.labels.length !== spec.labels.length) {
    const form = [block.type, ...spec.labels.map((l) => `"${l.toUpperCase()}"`)].join(' ');
    return wrong(block, 'flock/labels', 'Wrong number of labels', `Write ${form} { … }.`);
  }
  const label = block.labels.at(-1);
  if (label !== undefined && !/^[\p{ID_Start}_][\p{ID_Continue}.-]*$/u.test(label))
    return wrong(
      block,
      'flock/label',
      'Unsuitable name',
      `"${label}" cannot be referred to. Use letters, digits, "-" and "_", beginning with a letter.`,
    );
  return { spec, diagnostics: [] };
}

function wrong(
  block: Block,
  code: string,
  summary: string,
  detail: string,
): { spec: undefined; diagnostics: Diagnostic[] } {
  return {
    spec: undefined,
    diagnostics: [{ severity: 'error', code, summary, detail, subject: block.headerRange }],
  };
}

/** Attributes and nested blocks against the schema. */
export function checkBody(block: Block, spec: BlockSpec): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const what = spec.type ?? spec.keyword;
  checkAttributes(block.body, block, spec, what, diagnostics);
  if (block.body.attributes.has('count') && block.body.attributes.has('for_each'))
    diagnostics.push({
      severity: 'error',
      code: 'flock/count-and-for-each',
      summary: 'Both count and for_each',
      detail: 'A block is repeated by count or by for_each. Remove one of them.',
      subject: block.body.attributes.get('for_each')!.range,
    });
  const nested = spec.blocks ?? {};
  const seen = new Set<string>();
  diagnostics.push(...checkNestedBlocks(block.body));
  for (const inner of block.body.blocks) {
    const type = nestedType(inner);
    const content = contentOf(inner);
    if (content === undefined) continue;
    const innerSpec: NestedBlockSpec | undefined = Object.hasOwn(nested, type) ? nested[type] : undefined;
    if (innerSpec === undefined) {
      if (spec.open === true) continue;
      const isAttribute = Object.hasOwn(spec.attributes, type);
      diagnostics.push({
        severity: 'error',
        code: 'flock/unknown-block',
        summary: 'Unknown block',
        detail: isAttribute
          ? `"${type}" of ${what} is an attribute: write ${type} = …`
          : `${what} has no "${type}" block.${didYouMean(type, Object.keys(nested))}`,
        subject: inner.headerRange,
      });
      continue;
    }
    if (inner.type === 'dynamic') {
      if (spec.keyword !== 'resource' || handling.has(type)) {
        diagnostics.push({
          severity: 'error',
          code: 'flock/dynamic',
          summary: 'dynamic where it cannot be',
          detail: `dynamic makes blocks of what a resource is, not "${type}". Write ${type} { … } itself, with values that are computed.`,
          subject: inner.headerRange,
        });
        continue;
      }
    } else {
      if (seen.has(type))
        diagnostics.push({
          severity: 'error',
          code: 'flock/duplicate-block',
          summary: `Second ${type} block`,
          detail: `${what} takes one "${type}" block.`,
          subject: inner.headerRange,
        });
      seen.add(type);
    }
    if (labelCount(inner) > 0)
      diagnostics.push({
        severity: 'error',
        code: 'flock/labels',
        summary: 'Wrong number of labels',
        detail: `"${type}" takes no labels: write ${type} { … }.`,
        subject: inner.headerRange,
      });
    checkAttributes(content, inner, innerSpec, type, diagnostics);
    if (innerSpec.open !== true)
      for (const { type: unknown, headerRange } of content.blocks)
        diagnostics.push({
          severity: 'error',
          code: 'flock/unknown-block',
          summary: 'Unknown block',
          detail: `${type} has no "${unknown}" block; it takes ${Object.keys(innerSpec.attributes).join(', ')}.`,
          subject: headerRange,
        });
  }
  return diagnostics;
}

function checkAttributes(
  body: Body,
  block: Block,
  spec: Pick<BlockSpec, 'attributes' | 'open'>,
  what: string,
  diagnostics: Diagnostic[],
): void {
  const names = Object.keys(spec.attributes);
  for (const [name, attribute] of body.attributes)
    if (spec.open !== true && !Object.hasOwn(spec.attributes, name))
      diagnostics.push({
        severity: 'error',
        code: 'flock/unknown-attribute',
        summary: 'Unknown attribute',
        detail: `${what} has no attribute "${name}".${didYouMean(name, names) || ` It takes ${names.join(', ')}.`}`,
        subject: attribute.nameRange,
      });
  for (const name of names)
    if (spec.attributes[name]!.required === true && !body.attributes.has(name)) {
      const similar = [...body.attributes.values()].find(
        (a) => !Object.hasOwn(spec.attributes, a.name) && didYouMean(a.name, [name]) !== '',
      );
      diagnostics.push({
        severity: 'error',
        code: 'flock/missing-attribute',
        summary: 'Missing attribute',
        detail: `${what} needs "${name}": ${spec.attributes[name]!.doc}${similar === undefined ? '' : ` Perhaps "${similar.name}" is meant for it.`}`,
        subject: block.headerRange,
        ...(similar && { related: [{ message: 'what may be meant', range: similar.nameRange }] }),
      });
    }
}
