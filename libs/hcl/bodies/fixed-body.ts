import { type Diagnostic, type SourceRange } from '../../kernel/diagnostic.js';
import { type Attribute, type Block, type Body, type BodyContent, type BodySchema } from '../body.js';
import { labelFault } from '../native-body.js';
import { suggest } from '../syntax/suggest.js';

/** A body of which it is settled what its attributes and blocks are, whatever syntax or `dynamic` block they came from. */
export class FixedBody implements Body {
  constructor(
    readonly range: SourceRange,
    readonly endRange: SourceRange,
    readonly attributes: ReadonlyMap<string, Attribute>,
    readonly blocks: readonly Block[],
  ) {}

  content(schema: BodySchema): BodyContent {
    const { remain, ...content } = this.partialContent(schema);
    const names = [
      ...(schema.attributes ?? []).map(({ name }) => name),
      ...(schema.blocks ?? []).map(({ type }) => type),
    ];
    const extraneous = (what: string, name: string, subject: SourceRange): Diagnostic => {
      const near = suggest(name, names);
      return {
        severity: 'error',
        code: what === 'argument' ? 'hcl/unsupported-argument' : 'hcl/unsupported-block',
        summary: `Unsupported ${what}`,
        detail: `No ${what} named "${name}" is expected here.${near === undefined ? '' : ` Did you mean "${near}"?`}`,
        subject,
      };
    };
    return {
      ...content,
      diagnostics: [
        ...content.diagnostics,
        ...[...remain.attributes.values()].map((a) => extraneous('argument', a.name, a.nameRange)),
        ...remain.blocks.map((b) => extraneous('block type', b.type, b.typeRange)),
      ],
    };
  }

  partialContent(schema: BodySchema): BodyContent & { readonly remain: Body } {
    const diagnostics: Diagnostic[] = [];
    const rest = new Map(this.attributes);
    const attributes = new Map<string, Attribute>();
    for (const { name, required } of schema.attributes ?? []) {
      const attribute = this.attributes.get(name);
      if (attribute !== undefined) {
        attributes.set(name, attribute);
        rest.delete(name);
      } else if (required === true)
        diagnostics.push({
          severity: 'error',
          code: 'hcl/missing-argument',
          summary: 'Missing required argument',
          detail: `The argument "${name}" is required, but no definition was found.`,
          subject: this.endRange,
        });
    }
    const wanted = new Map((schema.blocks ?? []).map((block) => [block.type, block]));
    const blocks = this.blocks.filter((block) => {
      const fault = wanted.has(block.type) && labelFault(block, wanted.get(block.type)!.labels ?? []);
      if (fault) diagnostics.push(fault);
      return wanted.has(block.type) && !fault;
    });
    const remain = new FixedBody(
      this.range,
      this.endRange,
      rest,
      this.blocks.filter(({ type }) => !wanted.has(type)),
    );
    return { attributes, blocks, missingRange: this.endRange, diagnostics, remain };
  }

  justAttributes(): ReturnType<Body['justAttributes']> {
    return {
      attributes: this.attributes,
      diagnostics: this.blocks.slice(0, 1).map((block) => ({
        severity: 'error',
        code: 'hcl/unexpected-block',
        summary: `Unexpected "${block.type}" block`,
        detail: 'Blocks are not allowed here.',
        subject: block.typeRange,
      })),
    };
  }
}
