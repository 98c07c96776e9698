import { type Diagnostic, type SourceRange } from '../kernel/diagnostic.js';
import { type Scope } from './scope.js';
import { type NumberValue, type Value } from './values/value.js';

export type TraversalStep =
  | { readonly kind: 'attribute'; readonly name: string; readonly range: SourceRange }
  | { readonly kind: 'index'; readonly key: string | NumberValue; readonly range: SourceRange }
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

/** An expression of either syntax. Immutable; compiled to closures at the first evaluation, and shared by any number of scopes. */
export interface Expression {
  readonly range: SourceRange;
  /** First character of the expression, for "here" in messages. */
  readonly startRange: SourceRange;
  /** References that are free in the expression, in source order; names bound by `for` are not. O(size). */
  variables(): readonly Traversal[];
  /** Names of all functions that the expression calls, each once. */
  functions(): readonly string[];
  evaluate(scope?: Scope): Evaluated;
  /** The elements of a tuple constructor; undefined for anything else. */
  asList(): readonly Expression[] | undefined;
  /** The items of an object constructor. */
  asMap(): readonly { readonly key: Expression; readonly value: Expression }[] | undefined;
  asCall():
    | {
        readonly name: string;
        readonly nameRange: SourceRange;
        readonly argumentsRange: SourceRange;
        readonly arguments: readonly Expression[];
      }
    | undefined;
  /** An absolute traversal: `a.b[0]`. Also from the JSON syntax's strings. */
  asTraversal(): Traversal | undefined;
  /** A single name. */
  asKeyword(): string | undefined;
  /** The string, where the expression is a template without interpolation; undefined otherwise. */
  asLiteral(): string | undefined;
}
