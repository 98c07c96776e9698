import { convert } from '../../values/convert.js';
import { marksOf, NO_MARKS, union, unmark, withMarks } from '../../values/marks.js';
import { lengthBounds, refine } from '../../values/refinement.js';
import { makeSet, setKey } from '../../values/set.js';
import {
  DYNAMIC,
  equalTypes,
  listOf,
  setOf,
  tupleOf,
  type CollectionType,
  type TupleType,
  type Type,
} from '../../values/type.js';
import { unify } from '../../values/unify.js';
import {
  isUnknown,
  isWhollyKnown,
  makeList,
  TupleValue,
  typeOf,
  unknown,
  type Value,
} from '../../values/value.js';
import { parameter } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { lengthOf } from './length.js';
import { converting, itemsOf } from './sequence.js';

const anySet = setOf(DYNAMIC);

type Combination = (a: readonly Value[], b: readonly Value[]) => readonly Value[];

function setOperation(
  name: string,
  description: string,
  names: [string, string],
  binary: boolean,
  combine: Combination,
): StrictFunction {
  const [first, second] = names.map((n) => parameter(n, anySet, { allowDynamic: true }));
  return {
    name,
    description,
    ...(binary ? { params: [first!, second!] } : { params: [first!], varParam: second! }),
    returnType: commonSet,
    notNull: true,
    call: (sets, type) => {
      let combined: readonly Value[] | undefined;
      for (let i = 0; i < sets.length; i++) {
        const set = converting(sets[i]!, type, i);
        // Only a union stays right whatever an unknown element turns out to be.
        if (name !== 'setunion' && !isWhollyKnown(set)) return unknown(type);
        combined = combined === undefined ? itemsOf(set) : combine(combined, itemsOf(set));
      }
      return makeSet((type as CollectionType).element, combined ?? []);
    },
  };
}

function commonSet(sets: readonly Value[]): Type {
  const elements: Type[] = [];
  for (const set of sets) {
    const { element } = typeOf(set) as CollectionType;
    // An empty set of no type yet fits any.
    const empty = !isUnknown(set) && itemsOf(set).length === 0;
    if (!(empty && element.kind === 'dynamic')) elements.push(element);
  }
  if (elements.length === 0) return anySet;
  const common = unify(elements, true);
  if (common === undefined) throw new FunctionError('given sets must all have compatible element types');
  return setOf(common);
}

const among = (items: readonly Value[]): ((item: Value) => boolean) => {
  const keys = new Set(items.map(setKey));
  return (item) => keys.has(setKey(item));
};

const setproduct: StrictFunction = {
  name: 'setproduct',
  description: 'All combinations of an element of each of the given sets or lists, as tuples.',
  params: [],
  varParam: parameter('sets', DYNAMIC, { allowUnknown: true, allowMarked: true }),
  returnType: (sets) => {
    if (sets.length < 2) throw new FunctionError('at least two arguments are required');
    const types = sets.map(typeOf);
    const tuple = tupleOf(types.map(elementType));
    return types.some((type) => type.kind === 'set') ? setOf(tuple) : listOf(tuple);
  },
  notNull: true,
  call: (sets, type) => {
    const bare = sets.map(unmark);
    const marks = sets.reduce((all, set) => union(all, marksOf(set)), NO_MARKS);
    const { kind, element } = type as CollectionType;
    if (bare.some((set) => isUnknown(set) || typeof lengthOf(set) !== 'number')) {
      return withMarks(unknownProduct(bare, type), marks);
    }
    const columns = bare.map((set, i) => {
      const column = (element as TupleType).elements[i]!;
      return itemsOf(set).map((item) => (equalTypes(typeOf(item), column) ? item : convert(item, column)));
    });
    const total = columns.reduce((product, column) => product * column.length, 1);
    if (total > LARGEST)
      throw new FunctionError(`the product would have ${total} elements; at most ${LARGEST} can be made`);
    let rows: Value[][] = [[]];
    for (const column of columns) rows = rows.flatMap((row) => column.map((item) => [...row, item]));
    const tuples = rows.map((row) => new TupleValue(row));
    return withMarks(kind === 'list' ? makeList(element, tuples) : makeSet(element, tuples), marks);
  },
};

const LARGEST = 1_000_000;

function elementType(type: Type, argument: number): Type {
  if (type.kind === 'set' || type.kind === 'list') return type.element;
  if (type.kind !== 'tuple') throw new FunctionError('a set or a list is required', argument);
  if (type.elements.length === 0) return DYNAMIC;
  const common = unify(type.elements, true);
  if (common === undefined) throw new FunctionError('all elements must be of the same type', argument);
  return common;
}

/** Of small sets it can be said how large their product is at most. */
function unknownProduct(sets: readonly Value[], type: Type): Value {
  let maxLength = 1;
  for (const set of sets) {
    if (!isUnknown(set) && typeof lengthOf(set) !== 'number') return unknown(type);
    const [, most] = lengthBounds(set);
    maxLength *= most;
    if (most > 1024 || maxLength > 2048) return unknown(type);
  }
  return refine(unknown(type), { notNull: true, minLength: Math.min(maxLength, 1), maxLength });
}

export const setFunctions: readonly StrictFunction[] = [
  setOperation('setunion', 'The elements of all given sets.', ['first_set', 'other_sets'], false, (a, b) => [
    ...a,
    ...b,
  ]),
  setOperation(
    'setintersection',
    'The elements that all given sets have.',
    ['first_set', 'other_sets'],
    false,
    (a, b) => a.filter(among(b)),
  ),
  setOperation(
    'setsubtract',
    'The elements of the first set that the second one does not have.',
    ['a', 'b'],
    true,
    (a, b) => {
      const inOther = among(b);
      return a.filter((item) => !inOther(item));
    },
  ),
  setproduct,
];
