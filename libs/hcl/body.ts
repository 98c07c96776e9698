import { type Diagnostic, type SourceRange } from '../kernel/diagnostic.js';
import { type Expression } from './expression.js';
import { type Value } from './values/value.js';

export interface Attribute {
  readonly name: string;
  readonly nameRange: SourceRange;
  readonly expression: Expression;
  readonly range: SourceRange;
}

export interface Block {
  readonly type: string;
  readonly typeRange: SourceRange;
  readonly labels: readonly string[];
  readonly labelRanges: readonly SourceRange[];
  readonly body: Body;
  /** Type and labels, without the braces: where messages about the block point. */
  readonly headerRange: SourceRange;
  readonly range: SourceRange;
  /** Of a block that a `dynamic` block made: the collection that decided how many there are, with its marks; it may be unknown. */
  readonly forEach?: Value;
}

export interface AttributeSchema {
  readonly name: string;
  readonly required?: boolean;
}
export interface BlockSchema {
  readonly type: string;
  readonly labels?: readonly string[];
}
export interface BodySchema {
  readonly attributes?: readonly AttributeSchema[];
  readonly blocks?: readonly BlockSchema[];
}

export interface BodyContent {
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly blocks: readonly Block[];
  /** Where a message about something missing points. */
  readonly missingRange: SourceRange;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Attributes and blocks, read by a schema: what a body holds may depend on what is asked for (JSON syntax, dynamic blocks).
 * Native bodies also give their attributes and blocks as they stand.
 */
export interface Body {
  readonly range: SourceRange;
  readonly endRange: SourceRange;
  /** In source order. In the JSON syntax: all properties. */
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** In source order. Empty in the JSON syntax. */
  readonly blocks: readonly Block[];
  /** What the schema does not name is an error, with a suggestion. */
  content(schema: BodySchema): BodyContent;
  /** What the schema does not name stays in `remain`. */
  partialContent(schema: BodySchema): BodyContent & { readonly remain: Body };
  /** All attributes; blocks are an error. */
  justAttributes(): {
    readonly attributes: ReadonlyMap<string, Attribute>;
    readonly diagnostics: readonly Diagnostic[];
  };
}
