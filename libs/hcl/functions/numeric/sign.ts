import { absolute, type Num } from '../../number/index.js';
import { NUMBER } from '../../values/type.js';
import { marksOf, unmark, withMarks } from '../../values/marks.js';
import { UnknownValue } from '../../values/value.js';
import { parameter, toInt } from '../argument.js';
import { type StrictFunction } from '../function.js';

export const signFunctions: readonly StrictFunction[] = [
  {
    name: 'abs',
    description: 'The magnitude of a number: the number without its sign.',
    params: [parameter('num', NUMBER, { allowDynamic: true, allowMarked: true })],
    returnType: NUMBER,
    notNull: true,
    call: ([num]) => {
      const given = unmark(num!);
      const lower = { value: 0, inclusive: true };
      const result =
        given instanceof UnknownValue
          ? new UnknownValue(NUMBER, { notNull: true, lower })
          : absolute(given as Num);
      return withMarks(result, marksOf(num!));
    },
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
