import { type Diagnostic, type SourceRange } from '../../kernel/diagnostic.js';
import {
  type Attribute,
  type Block,
  type BlockSchema,
  type Body,
  type BodyContent,
  type BodySchema,
} from '../body.js';
import { type Expression } from '../expression.js';
import { type Scope } from '../scope.js';
import { ConversionError, convert } from '../values/convert.js';
import {
  entriesOf,
  makeObject,
  MapValue,
  NullValue,
  ObjectValue,
  SetValue,
  typeOf,
  UNKNOWN,
  UnknownValue,
  type Composite,
  type Value,
} from '../values/value.js';
import { marksOf, NO_MARKS, unmark, withMarks } from '../values/marks.js';
import { friendlyName, STRING, type Type } from '../values/type.js';
import { BoundExpression, type Iteration } from './bound-expression.js';

/**
 * The body with its `dynamic` blocks replaced by the blocks that they generate, at any depth. Only blocks that a schema asks
 * for are generated. `scope` is what `for_each` and labels see; expressions of generated blocks are evaluated in the scope
 * that they are given, with their iterators. Where a collection is unknown, one block with unknown attributes stands for all.
 */
export function expandDynamic(body: Body, scope: Scope): Body {
  return new ExpandedBody(body, scope, NOTHING, new Set(), new Map());
}

const NOTHING: Iteration = { variables: new Map(), marks: NO_MARKS, unknown: false };
const DYNAMIC_BLOCK: BlockSchema = { type: 'dynamic', labels: ['type'] };

/** What a `dynamic` block says; without `content` where it says it wrongly. */
export type DynamicParts = { readonly diagnostics: readonly Diagnostic[] } & (
  | {
      readonly iterator: string;
      readonly forEach: Expression;
      readonly labels: readonly Expression[];
      readonly content: Body;
    }
  | { readonly content?: undefined }
);

/** Reads a `dynamic` block by its text alone; `wanted` is the block that it makes. */
export function dynamicParts({ body }: Pick<Block, 'body'>, wanted: BlockSchema): DynamicParts {
  const labelNames = wanted.labels ?? [];
  const { attributes, blocks, missingRange, diagnostics } = body.content({
    attributes: [
      { name: 'for_each', required: true },
      { name: 'iterator' },
      ...(labelNames.length > 0 ? [{ name: 'labels', required: true }] : []),
    ],
    blocks: [{ type: 'content' }],
  });
  if (diagnostics.length > 0) return { diagnostics };
  const fail = (summary: string, detail: string, subject: SourceRange): DynamicParts => ({
    diagnostics: [{ severity: 'error', code: 'hcl/dynamic', summary, detail, subject }],
  });
  const [content, second] = blocks;
  if (content === undefined)
    return fail(
      'Missing dynamic content block',
      'A dynamic block must have a nested block of type "content" to describe the body of each generated block.',
      missingRange,
    );
  if (second !== undefined)
    return fail(
      'Extraneous dynamic content block',
      'Only one nested content block is allowed for each dynamic block.',
      second.headerRange,
    );
  const named = attributes.get('iterator')?.expression;
  const iterator = named === undefined ? wanted.type : named.asKeyword();
  if (iterator === undefined)
    return fail(
      'Invalid dynamic iterator name',
      'Dynamic iterator must be a single variable name.',
      named!.range,
    );
  const listed = attributes.get('labels')?.expression;
  const labels = listed?.asList() ?? [];
  if (listed !== undefined && labels.length !== labelNames.length)
    return fail(
      labels.length > labelNames.length
        ? 'Extraneous dynamic block label'
        : 'Insufficient dynamic block labels',
      `Blocks of type "${wanted.type}" require ${labelNames.length} label(s).`,
      labels[labelNames.length]?.range ?? listed.range,
    );
  return {
    diagnostics: [],
    iterator,
    forEach: attributes.get('for_each')!.expression,
    labels,
    content: content.body,
  };
}

class ExpandedBody implements Body {
  constructor(
    private readonly original: Body,
    private readonly scope: Scope,
    private readonly iteration: Iteration,
    private readonly hiddenAttributes: ReadonlySet<string>,
    private readonly hiddenBlocks: ReadonlyMap<string, BlockSchema>,
  ) {}

  get range(): SourceRange {
    return this.original.range;
  }

  get endRange(): SourceRange {
    return this.original.endRange;
  }

  get attributes(): ReadonlyMap<string, Attribute> {
    return this.bindAll(this.original.attributes);
  }

  /** As written, `dynamic` blocks included: which blocks they make depends on a schema. */
  get blocks(): readonly Block[] {
    return this.original.blocks;
  }

  content(schema: BodySchema): BodyContent {
    const raw = this.original.content(this.extend(schema));
    return this.expand(raw, schema, false);
  }

  partialContent(schema: BodySchema): BodyContent & { readonly remain: Body } {
    const raw = this.original.partialContent(this.extend(schema));
    const remain = new ExpandedBody(
      this.original,
      this.scope,
      this.iteration,
      new Set([...this.hiddenAttributes, ...(schema.attributes ?? []).map(({ name }) => name)]),
      new Map([...this.hiddenBlocks, ...(schema.blocks ?? []).map((block) => [block.type, block] as const)]),
    );
    return { ...this.expand(raw, schema, true), remain };
  }

  justAttributes(): ReturnType<Body['justAttributes']> {
    const { attributes, diagnostics } = this.original.justAttributes();
    return { attributes: this.bindAll(attributes), diagnostics };
  }

  private extend(schema: BodySchema): BodySchema {
    return {
      attributes: [...(schema.attributes ?? []), ...[...this.hiddenAttributes].map((name) => ({ name }))],
      blocks: [...(schema.blocks ?? []), DYNAMIC_BLOCK, ...this.hiddenBlocks.values()],
    };
  }

  private bindAll(attributes: ReadonlyMap<string, Attribute>): ReadonlyMap<string, Attribute> {
    if (this.iteration === NOTHING && this.hiddenAttributes.size === 0) return attributes;
    const bound = new Map<string, Attribute>();
    for (const [name, attribute] of attributes)
      if (!this.hiddenAttributes.has(name))
        bound.set(
          name,
          this.iteration === NOTHING
            ? attribute
            : {
                name,
                nameRange: attribute.nameRange,
                range: attribute.range,
                expression: this.bind(attribute.expression),
              },
        );
    return bound;
  }

  private bind(expression: Expression): Expression {
    return this.iteration === NOTHING ? expression : new BoundExpression(expression, this.iteration);
  }

  private child(body: Body, iteration: Iteration): Body {
    const scope =
      iteration === this.iteration ? this.scope : this.scope.child({ variables: iteration.variables });
    return new ExpandedBody(body, scope, iteration, new Set(), new Map());
  }

  private expand(raw: BodyContent, schema: BodySchema, partial: boolean): BodyContent {
    const diagnostics = [...raw.diagnostics];
    const blocks: Block[] = [];
    for (const block of raw.blocks) {
      if (block.type !== 'dynamic') {
        if (!this.hiddenBlocks.has(block.type))
          blocks.push(withBody(block, this.child(block.body, this.iteration)));
        continue;
      }
      const type = block.labels[0]!;
      if (this.hiddenBlocks.has(type)) continue;
      const wanted = schema.blocks?.find((candidate) => candidate.type === type);
      if (wanted !== undefined) blocks.push(...this.generate(block, wanted, diagnostics));
      else if (!partial)
        diagnostics.push({
          severity: 'error',
          code: 'hcl/unsupported-block',
          summary: 'Unsupported block type',
          detail: `Blocks of type "${type}" are not expected here.`,
          subject: block.labelRanges[0]!,
        });
    }
    return { ...raw, attributes: this.bindAll(raw.attributes), blocks, diagnostics };
  }

  private generate(block: Block, wanted: BlockSchema, diagnostics: Diagnostic[]): Block[] {
    const parts = dynamicParts(block, wanted);
    diagnostics.push(...parts.diagnostics);
    if (parts.content === undefined) return [];
    const { iterator, forEach, labels: labelExpressions, content } = parts;
    const fail = (summary: string, detail: string, subject: SourceRange): [] => {
      diagnostics.push({ severity: 'error', code: 'hcl/dynamic', summary, detail, subject });
      return [];
    };
    // The scope has the iterators; what they leave unknown in a collection does not make its length so.
    const evaluated = forEach.evaluate(this.scope);
    diagnostics.push(...evaluated.diagnostics);
    if (evaluated.diagnostics.length > 0) return [];
    const given = withMarks(evaluated.value, this.iteration.marks);
    const collection = unmark(given);
    const invalid = (detail: string): [] => fail('Invalid dynamic for_each value', detail, forEach.range);
    const type = typeOf(collection);
    const known = collection instanceof UnknownValue ? undefined : (collection as Composite);
    if (!ITERABLE.includes(type.kind))
      return invalid(
        `Cannot use a ${friendlyName(type)} value in for_each. An iterable collection is required.`,
      );
    if (collection instanceof NullValue) return invalid('Cannot use a null value in for_each.');
    const elements = known === undefined ? ([[UNKNOWN, UNKNOWN]] as const) : elementsOf(known);
    if (known !== undefined) this.scope.reads?.observe(known);
    return elements.flatMap(([key, value]) => {
      const iteration: Iteration = {
        variables: new Map([...this.iteration.variables, [iterator, makeObject({ key, value })]]),
        marks: marksOf(given),
        unknown: this.iteration.unknown || known === undefined,
      };
      const names = labelExpressions.map((label) => this.label(label, iteration, diagnostics));
      if (!names.every((name) => name !== undefined)) return [];
      return [
        {
          type: wanted.type,
          typeRange: block.labelRanges[0]!,
          labels: names,
          labelRanges: labelExpressions.map(({ range }) => range),
          body: this.child(content, iteration),
          headerRange: block.headerRange,
          range: block.range,
          forEach: given,
        },
      ];
    });
  }

  private label(expression: Expression, iteration: Iteration, diagnostics: Diagnostic[]): string | undefined {
    const fail = (detail: string): undefined => {
      diagnostics.push({
        severity: 'error',
        code: 'hcl/dynamic',
        summary: 'Invalid dynamic block label',
        detail,
        subject: expression.range,
      });
      return undefined;
    };
    const { value, diagnostics: faults } = expression.evaluate(
      this.scope.child({ variables: iteration.variables }),
    );
    diagnostics.push(...faults);
    if (faults.length > 0) return undefined;
    try {
      const converted = convert(value, STRING);
      const text = unmark(converted);
      if (typeof text === 'string') {
        if (text === converted) return text;
        fail('This value has dynamic marks that make it unsuitable for use as a block label.');
        return;
      }
      fail(
        text instanceof NullValue
          ? 'Cannot use a null value as a dynamic block label.'
          : 'This value is not yet known. Dynamic block labels must be immediately-known values.',
      );
      return;
    } catch (error) {
      if (error instanceof ConversionError) {
        fail(`Cannot use this value as a dynamic block label: ${error.message}.`);
        return;
      }
      throw error;
    }
  }
}

const ITERABLE: readonly Type['kind'][] = ['dynamic', 'tuple', 'object', 'list', 'set', 'map'];

function withBody(block: Block, body: Body): Block {
  const { type, typeRange, labels, labelRanges, headerRange, range } = block;
  return { type, typeRange, labels, labelRanges, headerRange, range, body };
}

function elementsOf(collection: Composite): readonly (readonly [Value, Value])[] {
  if (collection instanceof ObjectValue || collection instanceof MapValue) return entriesOf(collection);
  if (collection instanceof SetValue) return collection.items.map((item) => [item, item] as const);
  return collection.items.map((item, i) => [i, item] as const);
}
