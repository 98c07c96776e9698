import { compare, NEGATIVE_INFINITY, type Num, POSITIVE_INFINITY } from '../../number/index.js';
import { NUMBER } from '../../values/type.js';
import { parameter } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';

const extreme = (name: 'min' | 'max', description: string, start: Num, sign: number): StrictFunction => ({
  name,
  description,
  params: [],
  varParam: parameter('numbers', NUMBER, { allowDynamic: true }),
  returnType: NUMBER,
  notNull: true,
  call: (numbers) => {
    if (numbers.length === 0) throw new FunctionError('must pass at least one number');
    return numbers.reduce<Num>((best, n) => (sign * compare(n as Num, best) > 0 ? (n as Num) : best), start);
  },
});

export const extremeFunctions: readonly StrictFunction[] = [
  extreme('min', 'The smallest of the given numbers.', POSITIVE_INFINITY, -1),
  extreme('max', 'The greatest of the given numbers.', NEGATIVE_INFINITY, 1),
];
