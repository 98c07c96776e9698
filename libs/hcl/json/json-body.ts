import { type Diagnostic, type SourceRange } from '../../kernel/diagnostic.js';
import { FixedBody } from '../bodies/fixed-body.js';
import {
  type Attribute,
  type Block,
  type BlockSchema,
  type Body,
  type BodyContent,
  type BodySchema,
} from '../body.js';
import { rangeText } from '../syntax/range-text.js';
import { type SourceText } from '../syntax/source.js';
import { suggest } from '../syntax/suggest.js';
import { nfc } from '../values/text.js';
import { JsonExpression } from './json-expression.js';
import { JsonReferences } from './json-references.js';
import { startRange, type JsonNode, type JsonProperty } from './parse-json.js';

/** Which properties are blocks, and of what shape; all others are attributes. */
export interface BodyShape {
  readonly blocks: readonly BlockShape[];
  /** Further blocks, which only what stands in the body tells; asked for at each body of this shape. */
  readonly also?: (body: Body) => readonly BlockShape[];
  /** Attributes whose strings are references, with or without `${ }` around them. */
  readonly references?: ReadonlySet<string>;
}

export interface BlockShape extends BlockSchema {
  readonly body: (labels: readonly string[]) => BodyShape;
}

/** A body in the JSON syntax: which property is an attribute and which a block, the schema says. */
export class JsonBody implements Body {
  constructor(
    private readonly node: JsonNode,
    private readonly source: SourceText,
    private readonly hidden: ReadonlySet<string> = new Set(),
  ) {}

  get range(): SourceRange {
    return this.source.range(this.node.start, this.node.end);
  }

  get endRange(): SourceRange {
    return this.missingRange;
  }

  get attributes(): ReadonlyMap<string, Attribute> {
    return this.justAttributes().attributes;
  }

  get blocks(): readonly Block[] {
    return [];
  }

  private get missingRange(): SourceRange {
    const { node, source } = this;
    return node.kind === 'object' ? source.range(node.end - 1, node.end) : startRange(node, source);
  }

  content(schema: BodySchema): BodyContent {
    const { remain, ...content } = this.partialContent(schema);
    const used = (remain as JsonBody).hidden;
    const names = [
      ...(schema.attributes ?? []).map(({ name }) => name).filter((name) => !used.has(name)),
      ...(schema.blocks ?? []).map(({ type }) => type),
    ];
    const diagnostics = [...content.diagnostics];
    for (const property of this.properties(this.node, undefined, [])) {
      if (property.name === '//' || used.has(property.name)) continue;
      const near = suggest(property.name, names);
      diagnostics.push({
        severity: 'error',
        code: 'hcl/unsupported-argument',
        summary: 'Extraneous JSON object property',
        detail: `No argument or block type is named "${property.name}".${near === undefined ? '' : ` Did you mean "${near}"?`}`,
        subject: this.source.range(property.nameStart, property.nameEnd),
        context: this.propertyRange(property),
      });
    }
    return { ...content, diagnostics };
  }

  partialContent(schema: BodySchema): BodyContent & { readonly remain: Body } {
    const diagnostics: Diagnostic[] = [];
    const attributes = new Map<string, Attribute>();
    const blocks: Block[] = [];
    const used = new Set(this.hidden);
    const wantedAttributes = new Set((schema.attributes ?? []).map(({ name }) => name));
    const wantedBlocks = new Map((schema.blocks ?? []).map((block) => [block.type, block]));
    for (const property of this.properties(this.node, undefined, diagnostics)) {
      const { name } = property;
      if (this.hidden.has(name)) continue;
      if (wantedAttributes.has(name)) {
        used.add(name);
        const existing = attributes.get(name);
        if (existing === undefined) attributes.set(name, this.attribute(property));
        else diagnostics.push(this.duplicate('Duplicate argument', property, existing, true));
        continue;
      }
      const wanted = wantedBlocks.get(name);
      if (wanted === undefined) continue;
      used.add(name);
      const typeRange = this.source.range(property.nameStart, property.nameEnd);
      this.unpack(property.value, name, typeRange, wanted.labels ?? [], [], blocks, diagnostics);
    }
    for (const { name, required } of schema.attributes ?? []) {
      if (required !== true || attributes.has(name)) continue;
      diagnostics.push({
        severity: 'error',
        code: 'hcl/missing-argument',
        summary: 'Missing required argument',
        detail: `The argument "${name}" is required, but no definition was found.`,
        subject: this.missingRange,
      });
    }
    const remain = new JsonBody(this.node, this.source, used);
    return { attributes, blocks, missingRange: this.missingRange, diagnostics, remain };
  }

  justAttributes(): { attributes: ReadonlyMap<string, Attribute>; diagnostics: readonly Diagnostic[] } {
    const attributes = new Map<string, Attribute>();
    if (this.node.kind !== 'object')
      return {
        attributes,
        diagnostics: [
          this.typeFault('A JSON object is required here, setting the arguments for this block.', this.node),
        ],
      };
    const diagnostics: Diagnostic[] = [];
    for (const property of this.node.properties) {
      const { name } = property;
      if (name === '//' || this.hidden.has(name)) continue;
      const existing = attributes.get(name);
      if (existing === undefined) attributes.set(name, this.attribute(property));
      else diagnostics.push(this.duplicate('Duplicate attribute definition', property, existing, false));
    }
    return { attributes, diagnostics };
  }

  /**
   * The same with attributes and blocks told apart once and for all, at every depth, as in the native syntax. Finds what is wrong
   * with templates, which is otherwise told only when they are evaluated. O(size).
   */
  settle(shape: BodyShape): { readonly body: FixedBody; readonly diagnostics: readonly Diagnostic[] } {
    const diagnostics: Diagnostic[] = [];
    const attributes = new Map<string, Attribute>();
    const blocks: Block[] = [];
    const shapes = new Map(
      [...(shape.also?.(this) ?? []), ...shape.blocks].map((block) => [block.type, block]),
    );
    for (const property of this.properties(this.node, undefined, diagnostics)) {
      const { name } = property;
      if (name === '//' || this.hidden.has(name)) continue;
      const wanted = shapes.get(name);
      if (wanted !== undefined) {
        const typeRange = this.source.range(property.nameStart, property.nameEnd);
        const found: Block[] = [];
        this.unpack(property.value, name, typeRange, wanted.labels ?? [], [], found, diagnostics);
        for (const block of found) {
          const settled = (block.body as JsonBody).settle(wanted.body(block.labels));
          diagnostics.push(...settled.diagnostics);
          blocks.push({ ...block, headerRange: block.labelRanges.at(-1) ?? typeRange, body: settled.body });
        }
        continue;
      }
      const attribute = this.attribute(property);
      const existing = attributes.get(attribute.name);
      if (existing !== undefined) {
        diagnostics.push(this.duplicate('Duplicate attribute definition', property, existing, false));
        continue;
      }
      const json = new JsonExpression(property.value, this.source);
      const expression = shape.references?.has(name) === true ? new JsonReferences(json) : json;
      diagnostics.push(...expression.faults());
      attributes.set(attribute.name, { ...attribute, expression });
    }
    return { body: new FixedBody(this.range, this.endRange, attributes, blocks), diagnostics };
  }

  private attribute(property: JsonProperty): Attribute {
    return {
      name: nfc(property.name),
      nameRange: this.source.range(property.nameStart, property.nameEnd),
      expression: new JsonExpression(property.value, this.source),
      range: this.propertyRange(property),
    };
  }

  private propertyRange(property: JsonProperty): SourceRange {
    return this.source.range(property.nameStart, property.value.end);
  }

  private duplicate(summary: string, property: JsonProperty, first: Attribute, context: boolean): Diagnostic {
    return {
      severity: 'error',
      code: 'hcl/attribute-redefined',
      summary,
      detail: `The argument "${property.name}" was already set at ${rangeText(first.range)}.`,
      subject: this.source.range(property.nameStart, property.nameEnd),
      ...(context && { context: this.propertyRange(property) }),
      related: [{ message: 'the first definition', range: first.range }],
    };
  }

  private typeFault(detail: string, node: JsonNode): Diagnostic {
    return {
      severity: 'error',
      code: 'hcl/json-type',
      summary: 'Incorrect JSON value type',
      detail,
      subject: startRange(node, this.source),
    };
  }

  /** Properties of an object, or of all objects in an array. `label`: they stand for the labels of that name. */
  private properties(
    node: JsonNode,
    label: string | undefined,
    diagnostics: Diagnostic[],
  ): readonly JsonProperty[] {
    const purpose =
      label === undefined
        ? 'to define arguments and child blocks'
        : `to specify ${label} labels for this block`;
    // Of what is no JSON the parser has told.
    if (node.kind === 'null' || node.kind === 'invalid') return [];
    if (node.kind === 'object') return node.properties;
    if (node.kind !== 'array') {
      diagnostics.push(
        this.typeFault(`Either a JSON object or JSON array of objects is required here, ${purpose}.`, node),
      );
      return [];
    }
    return node.values.flatMap((value) => {
      if (value.kind === 'object') return value.properties;
      if (value.kind === 'invalid') return [];
      diagnostics.push(this.typeFault(`A JSON object is required here, ${purpose}.`, value));
      return [];
    });
  }

  private unpack(
    node: JsonNode,
    type: string,
    typeRange: SourceRange,
    labelNames: readonly string[],
    labels: readonly JsonProperty[],
    blocks: Block[],
    diagnostics: Diagnostic[],
  ): void {
    const [labelName, ...rest] = labelNames;
    if (labelName !== undefined) {
      const properties = this.properties(node, labelName, diagnostics);
      if (properties.length === 0 && node.kind !== 'invalid')
        diagnostics.push({
          severity: 'error',
          code: 'hcl/missing-label',
          summary: 'Missing block label',
          detail: `At least one object property is required, whose name represents the ${type} block's ${labelName}.`,
          subject: startRange(node, this.source),
        });
      for (const property of properties)
        this.unpack(property.value, type, typeRange, rest, [...labels, property], blocks, diagnostics);
      return;
    }
    const add = (body: JsonNode): void => {
      const open = startRange(node, this.source);
      blocks.push({
        type,
        typeRange,
        labels: labels.map(({ name }) => nfc(name)),
        labelRanges: labels.map(({ nameStart, nameEnd }) => this.source.range(nameStart, nameEnd)),
        body: new JsonBody(body, this.source),
        headerRange: open,
        range: this.source.range(body.start, body.end),
      });
    };
    if (node.kind === 'null' || node.kind === 'invalid') return;
    if (node.kind === 'object') add(node);
    else if (node.kind === 'array') node.values.forEach(add);
    else
      diagnostics.push(
        this.typeFault(
          `Either a JSON object or a JSON array is required, representing the contents of one or more "${type}" blocks.`,
          node,
        ),
      );
  }
}
