import { FunctionError, type LazyFunction } from '../functions/function.js';
import { ConversionError, convert } from '../values/convert.js';
import { unmark } from '../values/marks.js';
import { NullValue } from '../values/value.js';
import { parseTypeConstraint } from './type-expression.js';

/** `convert(value, type)`: the type is written as in a type constraint. */
export const CONVERT: LazyFunction = {
  name: 'convert',
  description: 'Converts a value to the type that its second argument describes.',
  params: ['value', 'type'],
  lazy([value, type]) {
    const constraint = parseTypeConstraint(type!.expression);
    const [fault] = constraint.diagnostics;
    if (fault !== undefined) throw new FunctionError(fault.detail.replace(/\.$/, ''), 1);
    const given = value!.evaluate();
    const [cause] = given.diagnostics;
    if (cause !== undefined)
      throw new FunctionError(`${cause.summary}: ${cause.detail.replace(/\.$/, '')}`, 0);
    try {
      const { defaults } = constraint;
      const filled = unmark(given.value) instanceof NullValue ? undefined : defaults?.apply(given.value);
      return convert(filled ?? given.value, constraint.type);
    } catch (error) {
      if (error instanceof ConversionError) throw new FunctionError(error.message, 0);
      throw error;
    }
  },
};
