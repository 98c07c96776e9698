import { type Diagnostic, type SourceRange } from '../../kernel/diagnostic.js';
import { type Attribute, type Block, type Body, type BodyContent, type BodySchema } from '../body.js';
import { rangeText } from '../syntax/range-text.js';

/** Several bodies, such as the files of a folder, as one: blocks follow each other, an attribute may be in one only. */
export function mergeBodies(bodies: readonly Body[]): Body {
  return bodies.length === 1 ? bodies[0]! : new MergedBody(bodies);
}

const NOWHERE: SourceRange = {
  filename: '<empty>',
  start: { line: 1, column: 1, byte: 0 },
  end: { line: 1, column: 1, byte: 0 },
};

class MergedBody implements Body {
  constructor(private readonly bodies: readonly Body[]) {}

  get range(): SourceRange {
    return this.bodies[0]?.range ?? NOWHERE;
  }

  get endRange(): SourceRange {
    return this.bodies[0]?.endRange ?? NOWHERE;
  }

  get attributes(): ReadonlyMap<string, Attribute> {
    return this.merge(
      this.bodies.map((body) => body.attributes),
      [],
    );
  }

  get blocks(): readonly Block[] {
    return this.bodies.flatMap((body) => body.blocks);
  }

  content(schema: BodySchema): BodyContent {
    return this.combine(
      this.bodies.map((body) => body.content(optional(schema))),
      schema,
    );
  }

  partialContent(schema: BodySchema): BodyContent & { readonly remain: Body } {
    const contents = this.bodies.map((body) => body.partialContent(optional(schema)));
    return { ...this.combine(contents, schema), remain: mergeBodies(contents.map(({ remain }) => remain)) };
  }

  justAttributes(): ReturnType<Body['justAttributes']> {
    const all = this.bodies.map((body) => body.justAttributes());
    const diagnostics = all.flatMap((one) => one.diagnostics);
    const attributes = this.merge(
      all.map((one) => one.attributes),
      diagnostics,
    );
    return { attributes, diagnostics };
  }

  private merge(
    maps: readonly ReadonlyMap<string, Attribute>[],
    diagnostics: Diagnostic[],
  ): ReadonlyMap<string, Attribute> {
    const merged = new Map<string, Attribute>();
    for (const attribute of maps.flatMap((map) => [...map.values()])) {
      const first = merged.get(attribute.name);
      if (first === undefined) merged.set(attribute.name, attribute);
      else
        diagnostics.push({
          severity: 'error',
          code: 'hcl/attribute-redefined',
          summary: 'Duplicate argument',
          detail: `Argument "${attribute.name}" was already set at ${rangeText(first.nameRange)}`,
          subject: attribute.nameRange,
          related: [{ message: 'the first definition', range: first.nameRange }],
        });
    }
    return merged;
  }

  private combine(contents: readonly BodyContent[], schema: BodySchema): BodyContent {
    const diagnostics = contents.flatMap((content) => content.diagnostics);
    const attributes = this.merge(
      contents.map((content) => content.attributes),
      diagnostics,
    );
    for (const { name, required } of schema.attributes ?? [])
      if (required === true && !attributes.has(name))
        diagnostics.push({
          severity: 'error',
          code: 'hcl/missing-argument',
          summary: 'Missing required argument',
          detail: `The argument "${name}" is required, but was not set.`,
          ...(this.bodies.length > 0 && { subject: this.endRange }),
        });
    return {
      attributes,
      blocks: contents.flatMap((content) => content.blocks),
      missingRange: contents[0]?.missingRange ?? NOWHERE,
      diagnostics,
    };
  }
}

function optional(schema: BodySchema): BodySchema {
  return { ...schema, attributes: (schema.attributes ?? []).map(({ name }) => ({ name })) };
}
