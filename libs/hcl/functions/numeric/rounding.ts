import { ceil, floor, type Num } from '../../number/index.js';
import { NUMBER } from '../../values/type.js';
import { parameter } from '../argument.js';
import { type StrictFunction } from '../function.js';

const rounding = (name: string, description: string, round: (n: Num) => Num): StrictFunction => ({
  name,
  description,
  params: [parameter('num', NUMBER)],
  returnType: NUMBER,
  notNull: true,
  call: ([num]) => round(num as Num),
});

export const roundingFunctions: readonly StrictFunction[] = [
  rounding('ceil', 'The smallest whole number that is not less than the given one.', ceil),
  rounding('floor', 'The greatest whole number that is not greater than the given one.', floor),
];
