import { fromDouble } from '../../number/index.js';
import { NUMBER } from '../../values/type.js';
import { parameter, toFloat } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { log, pow } from './elementary.js';

function ofDouble(name: string, x: number) {
  if (Number.isNaN(x)) throw new FunctionError(`the result of ${name} is not a real number`);
  return fromDouble(x);
}

/** Computed in doubles, like the reference implementation, and so with 53 bits of precision. */
export const logarithmFunctions: readonly StrictFunction[] = [
  {
    name: 'log',
    description: 'The logarithm of a number in the given base.',
    params: [parameter('num', NUMBER), parameter('base', NUMBER)],
    returnType: NUMBER,
    notNull: true,
    call: ([num, base]) => ofDouble('log', log(toFloat(num!)) / log(toFloat(base!))),
  },
  {
    name: 'pow',
    description: 'A number raised to a power.',
    params: [parameter('num', NUMBER), parameter('power', NUMBER)],
    returnType: NUMBER,
    notNull: true,
    call: ([num, power]) => ofDouble('pow', pow(toFloat(num!), toFloat(power!))),
  },
];
