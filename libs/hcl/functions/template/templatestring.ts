import { marksOf, union, unmark, withMarks } from '../../values/marks.js';
import { DYNAMIC, STRING } from '../../values/type.js';
import { isUnknown, typeOf, type Value } from '../../values/value.js';
import { parameter } from '../argument.js';
import { type StrictFunction } from '../function.js';
import { type FunctionTable, renderTemplate } from './render.js';

/** `functions` is asked when a template is rendered: the table that this function itself is part of. */
export function templatestring(functions: () => FunctionTable): StrictFunction {
  const rendered = new WeakMap<readonly Value[], Value>();
  const render = (args: readonly Value[]): Value => {
    let value = rendered.get(args);
    if (value === undefined) {
      value = renderTemplate(unmark(args[0]!) as string, undefined, unmark(args[1]!), functions());
      rendered.set(args, value);
    }
    return value;
  };
  return {
    name: 'templatestring',
    description: 'Renders a template given as a string, with the given variables.',
    params: [
      parameter('data', STRING, { allowMarked: true }),
      parameter('vars', DYNAMIC, { allowMarked: true }),
    ],
    returnType: (args) => (args.some((arg) => isUnknown(unmark(arg))) ? DYNAMIC : typeOf(render(args))),
    call: (args) => withMarks(render(args), union(marksOf(args[0]!), marksOf(args[1]!))),
  };
}
