import { type Diagnostic, type SourceRange } from '../kernel/diagnostic.js';
import { type Attribute, type Block, type Body, type BodyContent, type BodySchema } from './body.js';
import { NativeExpression } from './native-expression.js';
import { type AttributeNode, type BlockNode, type BodyNode } from './syntax/node.js';
import { type SourceText } from './syntax/source.js';
import { suggest } from './syntax/suggest.js';

const NOTHING: ReadonlySet<string> = new Set();

/**
 * A body of the native syntax. Its expressions and blocks are made once, at the first look; the map of the attributes anew at
 * each, as most bodies need it once and it would be a tenth of the tree.
 */
export class NativeBody implements Body {
  private expressions: readonly NativeExpression[] | undefined = undefined;
  private blockList: readonly Block[] | undefined = undefined;

  constructor(
    readonly node: BodyNode,
    readonly source: SourceText,
    private readonly hiddenAttributes: ReadonlySet<string> = NOTHING,
    private readonly hiddenBlocks: ReadonlySet<string> = NOTHING,
  ) {}

  get range(): SourceRange {
    return this.source.range(this.node.start, this.node.end);
  }

  get endRange(): SourceRange {
    return this.source.range(this.node.end, this.node.end);
  }

  /** O(items of the body). */
  get attributes(): ReadonlyMap<string, Attribute> {
    const nodes = this.attributeNodes();
    const expressions = (this.expressions ??= nodes.map(
      ({ value }) => new NativeExpression(value, this.source),
    ));
    return new Map(nodes.map((node, i) => [node.name, new NativeAttribute(node, expressions[i]!)]));
  }

  private attributeNodes(): readonly AttributeNode[] {
    return this.node.items
      .filter((item) => item.kind === 'attribute')
      .filter(({ name }) => !this.hiddenAttributes.has(name));
  }

  get blocks(): readonly Block[] {
    return (this.blockList ??= this.node.items
      .filter((item) => item.kind === 'block')
      .filter((block) => !this.hiddenBlocks.has(block.type))
      .map((block) => new NativeBlock(block, this.source)));
  }

  content(schema: BodySchema): BodyContent {
    const content = this.partialContent(schema);
    const diagnostics: Diagnostic[] = [...content.diagnostics];
    const names = (schema.attributes ?? []).map(({ name }) => name);
    const missing = names.filter((name) => !content.attributes.has(name));
    const types = (schema.blocks ?? []).map(({ type }) => type);
    const hint = (near: string | undefined): string => (near === undefined ? '' : ` Did you mean "${near}"?`);
    for (const attribute of this.attributes.values()) {
      if (names.includes(attribute.name)) continue;
      const near = suggest(attribute.name, missing);
      const also =
        near === undefined && types.includes(attribute.name)
          ? ` Did you mean to define a block of type "${attribute.name}"?`
          : hint(near);
      diagnostics.push({
        severity: 'error',
        code: 'hcl/unsupported-argument',
        summary: 'Unsupported argument',
        detail: `An argument named "${attribute.name}" is not expected here.${also}`,
        subject: attribute.nameRange,
      });
    }
    for (const block of this.blocks) {
      if (types.includes(block.type)) continue;
      const near = suggest(block.type, types);
      const also =
        near === undefined && names.includes(block.type)
          ? ` Did you mean to define argument "${block.type}"? If so, use the equals sign to assign it a value.`
          : hint(near);
      diagnostics.push({
        severity: 'error',
        code: 'hcl/unsupported-block',
        summary: 'Unsupported block type',
        detail: `Blocks of type "${block.type}" are not expected here.${also}`,
        subject: block.typeRange,
      });
    }
    return { ...content, diagnostics };
  }

  partialContent(schema: BodySchema): BodyContent & { readonly remain: Body } {
    const diagnostics: Diagnostic[] = [];
    const attributes = new Map<string, Attribute>();
    const given = this.attributes;
    for (const { name, required } of schema.attributes ?? []) {
      const attribute = given.get(name);
      if (attribute !== undefined) attributes.set(name, attribute);
      else if (required === true)
        diagnostics.push({
          severity: 'error',
          code: 'hcl/missing-argument',
          summary: 'Missing required argument',
          detail: `The argument "${name}" is required, but no definition was found.`,
          subject: this.missingRange,
        });
    }
    const blocks: Block[] = [];
    const schemas = new Map((schema.blocks ?? []).map((block) => [block.type, block]));
    for (const block of this.blocks) {
      const wanted = schemas.get(block.type);
      if (wanted === undefined) continue;
      const fault = labelFault(block, wanted.labels ?? []);
      if (fault === undefined) blocks.push(block);
      else diagnostics.push(fault);
    }
    const remain = new NativeBody(
      this.node,
      this.source,
      new Set([...this.hiddenAttributes, ...(schema.attributes ?? []).map(({ name }) => name)]),
      new Set([...this.hiddenBlocks, ...schemas.keys()]),
    );
    return { attributes, blocks, missingRange: this.missingRange, diagnostics, remain };
  }

  justAttributes(): { attributes: ReadonlyMap<string, Attribute>; diagnostics: readonly Diagnostic[] } {
    const [first] = this.blocks;
    const diagnostics: Diagnostic[] =
      first === undefined
        ? []
        : [
            {
              severity: 'error',
              code: 'hcl/unexpected-block',
              summary: `Unexpected "${first.type}" block`,
              detail: 'Blocks are not allowed here.',
              subject: first.typeRange,
            },
          ];
    return { attributes: this.attributes, diagnostics };
  }

  private get missingRange(): SourceRange {
    return this.source.range(this.node.start, this.node.start);
  }
}

export function labelFault(block: Block, names: readonly string[]): Diagnostic | undefined {
  const { labels, type, headerRange, body } = block;
  if (labels.length === names.length) return undefined;
  const { start } = body.range;
  const brace = { ...body.range, end: { ...start, column: start.column + 1, byte: start.byte + 1 } };
  const context = { ...headerRange, end: brace.end };
  if (labels.length < names.length)
    return {
      severity: 'error',
      code: 'hcl/missing-label',
      summary: `Missing ${names[labels.length]!} for ${type}`,
      detail: `All ${type} blocks must have ${names.length} labels (${names.join(', ')}).`,
      subject: brace,
      context,
    };
  return {
    severity: 'error',
    code: 'hcl/extra-label',
    summary: `Extraneous label for ${type}`,
    detail:
      names.length === 0
        ? `No labels are expected for ${type} blocks.`
        : `Only ${names.length} labels (${names.join(', ')}) are expected for ${type} blocks.`,
    subject: block.labelRanges[names.length]!,
    context,
  };
}

export class NativeAttribute implements Attribute {
  constructor(
    readonly node: AttributeNode,
    readonly expression: NativeExpression,
  ) {}

  get name(): string {
    return this.node.name;
  }

  get nameRange(): SourceRange {
    return this.expression.source.range(this.node.start, this.node.nameEnd);
  }

  get range(): SourceRange {
    return this.expression.source.range(this.node.start, this.node.end);
  }
}

export class NativeBlock implements Block {
  readonly body: NativeBody;

  constructor(
    readonly node: BlockNode,
    source: SourceText,
  ) {
    this.body = new NativeBody(node.body, source);
  }

  get type(): string {
    return this.node.type;
  }

  get labels(): readonly string[] {
    return this.node.labels.map(({ text }) => text);
  }

  get typeRange(): SourceRange {
    return this.rangeTo(this.node.typeEnd);
  }

  get labelRanges(): readonly SourceRange[] {
    return this.node.labels.map(({ start, end }) => this.body.source.range(start, end));
  }

  get headerRange(): SourceRange {
    const { labels, typeEnd } = this.node;
    return this.rangeTo(labels[labels.length - 1]?.end ?? typeEnd);
  }

  get range(): SourceRange {
    return this.rangeTo(this.node.end);
  }

  private rangeTo(end: number): SourceRange {
    return this.body.source.range(this.node.start, end);
  }
}
