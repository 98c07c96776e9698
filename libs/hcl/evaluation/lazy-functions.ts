import { type Diagnostic } from '../../kernel/diagnostic.js';
import { FunctionError, type LazyFunction } from '../functions/function.js';
import { rangeText } from '../syntax/range-text.js';
import { BOOL } from '../values/type.js';
import { isWhollyKnown, unknown, UNKNOWN } from '../values/value.js';

/** The first argument that evaluates without an error. */
export const TRY: LazyFunction = {
  name: 'try',
  description: 'Evaluates its arguments in turn and gives the first that has no errors.',
  params: [],
  varParam: 'expressions',
  lazy(args) {
    if (args.length === 0) throw new FunctionError('at least one argument is required');
    const faults: Diagnostic[] = [];
    for (const arg of args) {
      const { value, diagnostics } = arg.evaluate();
      if (diagnostics.length > 0) {
        faults.push(...diagnostics);
        continue;
      }
      // What is unknown yet may still fail, or turn out to be of another type.
      return isWhollyKnown(value) ? value : UNKNOWN;
    }
    const list = faults.map((fault) => {
      const where = fault.subject === undefined ? '' : ` (at ${rangeText(fault.subject)})`;
      return `- ${fault.summary}${where}\n  ${fault.detail}\n`;
    });
    throw new FunctionError(
      `no expression succeeded:\n${list.join('')}\nAt least one expression must produce a successful result`,
    );
  },
};

/** Whether the argument evaluates without an error. */
export const CAN: LazyFunction = {
  name: 'can',
  description: 'Whether its argument can be evaluated without errors.',
  params: ['expression'],
  lazy([arg]) {
    const { value, diagnostics } = arg!.evaluate();
    if (diagnostics.length > 0) return false;
    return isWhollyKnown(value) ? true : unknown(BOOL);
  },
};
