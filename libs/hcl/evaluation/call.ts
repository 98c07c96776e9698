import { UndefinedResult } from '../number/index.js';
import { FunctionError, type Parameter, type StrictFunction } from '../functions/function.js';
import { ConversionError } from '../values/convert.js';
import { conforms } from '../values/equality.js';
import { NO_MARKS, union, unmark, unmarkDeep, withMarks, type Marks } from '../values/marks.js';
import { refine } from '../values/refinement.js';
import { DYNAMIC, friendlyName, type Type } from '../values/type.js';
import { containsMarks, NullValue, typeOf, unknown, UnknownValue, type Value } from '../values/value.js';

/** The parameter that an argument stands for. */
export function parameterAt(fn: StrictFunction, i: number): Parameter | undefined {
  return fn.params[i] ?? fn.varParam;
}

/**
 * Calls a function by cty's rules: nulls, unknown values, dynamic types and marks reach it only where its parameters allow
 * them. Arguments must have been converted to the parameters' types. Throws `FunctionError`, with the argument to blame.
 */
export function callFunction(fn: StrictFunction, given: readonly Value[]): Value {
  if (given.length < fn.params.length || (fn.varParam === undefined && given.length > fn.params.length))
    throw new FunctionError(
      `wrong number of arguments (${fn.params.length}${fn.varParam ? ' or more' : ''} required; ${given.length} given)`,
    );
  let args: Value[] | undefined;
  let marks: Marks = NO_MARKS;
  let dynamic = false;
  let unknownArgument = false;
  for (let i = 0; i < given.length; i++) {
    const parameter = parameterAt(fn, i)!;
    let value = given[i]!;
    if (parameter.allowMarked !== true && containsMarks(value)) {
      const [bare, inner] = unmarkDeep(value);
      marks = union(marks, inner);
      args ??= [...given];
      args[i] = value = bare;
    }
    const bare = unmark(value);
    // Beyond an argument whose type is not known yet, cty checks no further one.
    if (!dynamic && bare instanceof NullValue && parameter.allowNull !== true)
      throw new FunctionError('argument must not be null', i);
    if (bare instanceof UnknownValue && parameter.allowUnknown !== true) unknownArgument = true;
    if (parameter.type.kind !== 'dynamic' || parameter.allowDynamic !== true) {
      const type = typeOf(bare);
      if (type.kind === 'dynamic') {
        if (parameter.allowDynamic !== true) dynamic = true;
      } else if (!dynamic && !conforms(type, parameter.type))
        throw nonconforming(type, parameter.type, i - (i < fn.params.length ? 0 : fn.params.length));
    }
  }
  const values = args ?? given;
  if (dynamic) return withMarks(unknown(DYNAMIC), marks);
  const type: Type =
    typeof fn.returnType === 'function'
      ? guarded(fn, () => (fn.returnType as (a: readonly Value[]) => Type)(values))
      : fn.returnType;
  const result = unknownArgument
    ? withMarks(unknown(type), marks)
    : withMarks(
        guarded(fn, () => fn.call(values, type)),
        marks,
      );
  if (fn.refine !== undefined && unmark(result) instanceof UnknownValue && typeOf(result).kind !== 'dynamic')
    return fn.refine(result, values);
  return fn.notNull === true ? refine(result, { notNull: true }) : result;
}

/** What remains of a conversion to a type that the value has not: an unknown list of what a set may have been. */
function nonconforming(got: Type, want: Type, argument: number): FunctionError {
  const inner = got.kind === want.kind && 'element' in got && 'element' in want;
  if (inner) return nonconforming(got.element, want.element, argument);
  return new FunctionError(`${friendlyName(want)} required, but received ${friendlyName(got)}`, argument);
}

function guarded<R>(fn: StrictFunction, body: () => R): R {
  try {
    return body();
  } catch (error) {
    if (error instanceof FunctionError) throw error;
    if (error instanceof UndefinedResult || error instanceof ConversionError)
      throw new FunctionError(error.message);
    if (error instanceof RangeError)
      throw new FunctionError(`the result of ${fn.name} is too large to compute`);
    throw error;
  }
}
