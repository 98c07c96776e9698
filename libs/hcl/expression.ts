import { type Scope } from './scope.js';
import { type Evaluated, type StaticCall, type StaticExpression } from './static-expression.js';

/** An expression of either syntax. Immutable, compiled to closures, which the second evaluation keeps, and shared by any number of scopes. */
export interface Expression extends StaticExpression {
  evaluate(scope?: Scope): Evaluated;
  asList(): readonly Expression[] | undefined;
  asMap(): readonly { readonly key: Expression; readonly value: Expression }[] | undefined;
  asCall(): StaticCall<Expression> | undefined;
}
