import { fromBigInt } from '../../number/index.js';
import { marksOf, unmark, withMarks } from '../../values/marks.js';
import { lengthBounds, prefixOf, refine, UNBOUNDED } from '../../values/refinement.js';
import { DYNAMIC, NUMBER } from '../../values/type.js';
import { isUnknown, typeOf, unknown, type Value } from '../../values/value.js';
import { parameter } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { graphemeCount } from '../graphemes.js';

const LONGEST = fromBigInt(2n ** 63n - 1n);

export const length: StrictFunction = {
  name: 'length',
  description: 'How many elements a collection has, or how many characters a string.',
  params: [parameter('value', DYNAMIC, { allowDynamic: true, allowUnknown: true, allowMarked: true })],
  returnType: ([value]) => {
    const { kind } = typeOf(value!);
    if (kind === 'number' || kind === 'bool' || kind === 'capsule') {
      throw new FunctionError('argument must be a string, a collection type, or a structural type');
    }
    return NUMBER;
  },
  notNull: true,
  reads: 'structure',
  call: ([value]) => {
    const bare = unmark(value!);
    return withMarks(lengthOf(bare), marksOf(value!));
  },
};

/** The number of elements; unknown, but within bounds, where it depends on what is unknown. */
export function lengthOf(value: Value): Value {
  const type = typeOf(value);
  switch (type.kind) {
    case 'dynamic':
      return unknown(NUMBER);
    case 'tuple':
      return type.elements.length;
    case 'object':
      return type.attributes.size;
    case 'string': {
      if (!isUnknown(value)) return graphemeCount(value as string);
      const lower = { value: graphemeCount(prefixOf(value)), inclusive: true };
      return refine(unknown(NUMBER), { notNull: true, lower });
    }
    default: {
      const [least, most] = lengthBounds(value);
      if (least === most) return least;
      return refine(unknown(NUMBER), {
        notNull: true,
        lower: { value: least, inclusive: true },
        upper: { value: most === UNBOUNDED ? LONGEST : most, inclusive: true },
      });
    }
  }
}
