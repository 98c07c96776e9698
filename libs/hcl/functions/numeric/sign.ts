import { absolute, type Num } from '../../number/index.js';
import { NUMBER } from '../../values/type.js';
import { marksOf, unmark, withMarks } from '../../values/marks.js';
import { parameter, toInt } from '../argument.js';
import { type StrictFunction } from '../function.js';

export const signFunctions: readonly StrictFunction[] = [
  {
    name: 'abs',
    description: 'The magnitude of a number: the number without its sign.',
    params: [parameter('num', NUMBER, { allowDynamic: true, allowMarked: true })],
    returnType: NUMBER,
    notNull: true,
    call: ([num]) => withMarks(absolute(unmark(num!) as Num), marksOf(num!)),
  },
  {
    name: 'signum',
    description: '-1, 0 or 1: the sign of a whole number.',
    params: [parameter('num', NUMBER)],
    returnType: NUMBER,
    notNull: true,
    call: ([num]) => Math.sign(toInt(num!)),
  },
];
