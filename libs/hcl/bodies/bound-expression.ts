import { type SourceRange } from '../../kernel/diagnostic.js';
import { type Expression } from '../expression.js';
import { Scope } from '../scope.js';
import { type Evaluated, type StaticCall, type Traversal } from '../static-expression.js';
import { withMarks, type Marks } from '../values/marks.js';
import { UNKNOWN, type Value } from '../values/value.js';

/** What an expression within a generated block sees besides its scope. */
export interface Iteration {
  /** Iterator name → its object. */
  readonly variables: ReadonlyMap<string, Value>;
  /** Marks of the collection, which are on everything made of it. */
  readonly marks: Marks;
  /** The collection is not known, and so nothing in the block is. */
  readonly unknown: boolean;
}

/** An expression of a `dynamic` block's content, for one of its blocks. */
export class BoundExpression implements Expression {
  constructor(
    private readonly inner: Expression,
    private readonly iteration: Iteration,
  ) {}

  get range(): SourceRange {
    return this.inner.range;
  }

  get startRange(): SourceRange {
    return this.inner.startRange;
  }

  /** Iterators are bound here, and so not free. */
  variables(): readonly Traversal[] {
    return this.inner
      .variables()
      .filter(({ root }) => root === undefined || !this.iteration.variables.has(root));
  }

  functions(): readonly string[] {
    return this.inner.functions();
  }

  evaluate(scope: Scope = new Scope()): Evaluated {
    const { variables, marks, unknown } = this.iteration;
    if (unknown) return { value: withMarks(UNKNOWN, marks), diagnostics: [] };
    const { value, diagnostics } = this.inner.evaluate(scope.child({ variables }));
    return { value: withMarks(value, marks), diagnostics };
  }

  asList(): readonly Expression[] | undefined {
    return this.inner.asList()?.map((item) => this.bind(item));
  }

  asMap(): readonly { readonly key: Expression; readonly value: Expression }[] | undefined {
    return this.inner.asMap()?.map(({ key, value }) => ({ key: this.bind(key), value: this.bind(value) }));
  }

  asCall(): StaticCall<Expression> | undefined {
    const call = this.inner.asCall();
    return call && { ...call, arguments: call.arguments.map((argument) => this.bind(argument)) };
  }

  asTraversal(): Traversal | undefined {
    return this.inner.asTraversal();
  }

  asKeyword(): string | undefined {
    return this.inner.asKeyword();
  }

  /** None where the collection makes more of it than its text. */
  asLiteral(): string | undefined {
    const { marks, unknown } = this.iteration;
    return unknown || marks.size > 0 ? undefined : this.inner.asLiteral();
  }

  private bind(expression: Expression): Expression {
    return new BoundExpression(expression, this.iteration);
  }
}
