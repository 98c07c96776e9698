import { type Evaluated, type StaticExpression } from '../static-expression.js';
import { type Type } from '../values/type.js';
import { type Value } from '../values/value.js';

/**
 * A parameter as in cty's function package. Unless allowed: a null argument is an error; an unknown one makes the result
 * unknown without a call; marks are taken off (deeply) before the call and put on the result; an argument whose type is
 * still `dynamic` makes the result's type dynamic. Arguments are converted to `type` first.
 */
export interface Parameter {
  readonly name: string;
  readonly type: Type;
  readonly description?: string;
  readonly allowNull?: boolean;
  readonly allowUnknown?: boolean;
  readonly allowDynamic?: boolean;
  readonly allowMarked?: boolean;
}

/** A function written in TypeScript. Pure: equal arguments, equal result. */
export interface StrictFunction {
  readonly name: string;
  readonly description?: string;
  readonly params: readonly Parameter[];
  readonly varParam?: Parameter;
  /** The type of the result, from arguments that may be unknown. Throws `FunctionError`. */
  readonly returnType: Type | ((args: readonly Value[]) => Type);
  /** The result is never null: an unknown result says so. */
  readonly notNull?: boolean;
  /** A more exact refinement of an unknown result of this type; has precedence over `notNull`. */
  readonly refine?: (result: Value, args: readonly Value[]) => Value;
  /** `structure`: moves or counts elements without looking into them, so that tracked objects in it are not read. */
  readonly reads?: 'all' | 'structure';
  /** Throws `FunctionError`. Marks, nulls and unknowns come in only where the parameters allow them. */
  readonly call: (args: readonly Value[], type: Type) => Value;
}

/** What a lazy function may do with an argument; see `try`. */
export interface LazyArgument {
  readonly expression: StaticExpression;
  /** Each call evaluates; diagnostics are given here alone and not added to the caller's. */
  evaluate(): Evaluated;
}

/** A function that evaluates its own arguments. */
export interface LazyFunction {
  readonly name: string;
  readonly description?: string;
  readonly params: readonly string[];
  readonly varParam?: string;
  /** Throws `FunctionError`. */
  readonly lazy: (args: readonly LazyArgument[]) => Value;
}

export type HclFunction = StrictFunction | LazyFunction;

/** What is wrong with a call, as a sentence without a final stop; `argument` counts from 0 where one is to blame. */
export class FunctionError extends Error {
  constructor(
    message: string,
    readonly argument?: number,
  ) {
    super(message);
  }
}
