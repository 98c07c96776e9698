import { type Diagnostic, type SourceRange } from '../kernel/diagnostic.js';
import { type Value } from './values/value.js';

export type TraversalStep =
  | { readonly kind: 'attribute'; readonly name: string; readonly range: SourceRange }
  | { readonly kind: 'index'; readonly key: Value; readonly range: SourceRange }
  | { readonly kind: 'splat'; readonly range: SourceRange };

/** A static path such as `local.all_regions[0].name`; `root` is absent in a relative one. */
export interface Traversal {
  readonly root: string | undefined;
  readonly rootRange: SourceRange | undefined;
  readonly steps: readonly TraversalStep[];
  readonly range: SourceRange;
}

export interface Evaluated {
  /** Where evaluation failed, the failed parts are unknown. */
  readonly value: Value;
  readonly diagnostics: readonly Diagnostic[];
}

/** What can be said of an expression, and what it is, without anything to refer to. */
export interface StaticExpression {
  readonly range: SourceRange;
  /** First part of the expression, for "here" in messages. */
  readonly startRange: SourceRange;
  /** References that are free in the expression, in source order; names bound by `for` are not. O(size). */
  variables(): readonly Traversal[];
  /** Names of all functions that the expression calls, each once. */
  functions(): readonly string[];
  evaluate(): Evaluated;
  /** The elements of a tuple constructor; undefined for anything else. */
  asList(): readonly StaticExpression[] | undefined;
  /** The items of an object constructor. */
  asMap(): readonly { readonly key: StaticExpression; readonly value: StaticExpression }[] | undefined;
  asCall(): StaticCall<StaticExpression> | undefined;
  /** An absolute traversal: `a.b[0]`. Also from the JSON syntax's strings. */
  asTraversal(): Traversal | undefined;
  /** A single name. */
  asKeyword(): string | undefined;
  /** The string, where the expression is a template without interpolation; undefined otherwise. */
  asLiteral(): string | undefined;
}

export interface StaticCall<E> {
  readonly name: string;
  readonly nameRange: SourceRange;
  readonly argumentsRange: SourceRange;
  readonly arguments: readonly E[];
}
