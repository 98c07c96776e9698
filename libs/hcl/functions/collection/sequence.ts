import { convert } from '../../values/convert.js';
import { marksOf, union, unmark, withMarks, type Marks, NO_MARKS } from '../../values/marks.js';
import {
  BOOL,
  DYNAMIC,
  equalTypes,
  friendlyName,
  listOf,
  NUMBER,
  STRING,
  tupleOf,
  type Type,
} from '../../values/type.js';
import {
  type Composite,
  isNull,
  isUnknown,
  isWhollyKnown,
  type ListValue,
  makeList,
  NullValue,
  type SetValue,
  TupleValue,
  typeOf,
  unknown,
  UNKNOWN,
  type Value,
} from '../../values/value.js';
import { childrenOf, equal } from '../../values/equality.js';
import { setKey } from '../../values/set.js';
import { unify } from '../../values/unify.js';
import { parameter, toInt, toWhole } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { lengthOf } from './length.js';

/** The elements of a list, set or tuple in their order. */
export const itemsOf = (value: Value): readonly Value[] => (value as ListValue | SetValue | TupleValue).items;

/** A list or a tuple, as the type says. */
export const sequenceOf = (type: Type, items: readonly Value[]): Value =>
  type.kind === 'list' ? makeList(type.element, items) : new TupleValue(items);

const anyList = listOf(DYNAMIC);

const concat: StrictFunction = {
  name: 'concat',
  description: 'The elements of several lists or tuples, one after the other.',
  params: [],
  varParam: parameter('seqs', DYNAMIC, { allowMarked: true }),
  returnType: (seqs) => {
    if (seqs.length === 0) throw new FunctionError('at least one argument is required');
    const types = seqs.map(typeOf);
    if (types.every((type) => type.kind === 'list')) {
      const common = unify(types, true);
      if (common !== undefined) return common;
    }
    const elements: Type[] = [];
    for (let i = 0; i < seqs.length; i++) {
      const type = types[i]!;
      if (type.kind === 'tuple') elements.push(...type.elements);
      else if (type.kind === 'list') {
        const list = unmark(seqs[i]!);
        if (isUnknown(list)) return DYNAMIC;
        for (let n = itemsOf(list).length; n > 0; n--) elements.push(type.element);
      } else {
        throw new FunctionError(`all arguments must be lists or tuples; got ${friendlyName(type)}`, i);
      }
    }
    return tupleOf(elements);
  },
  notNull: true,
  reads: 'structure',
  call: (seqs, type) => {
    let marks = NO_MARKS;
    const items: Value[] = [];
    seqs.forEach((seq, i) => {
      const converted = type.kind === 'list' ? converting(seq, type, i) : seq;
      marks = union(marks, marksOf(converted));
      for (const item of itemsOf(unmark(converted))) items.push(item);
    });
    // Beside an empty list without an element type, what a common list type leaves open the elements say.
    const open = type.kind === 'list' && type.element.kind === 'dynamic';
    const element = open ? items.map(typeOf).find(({ kind }) => kind !== 'dynamic') : undefined;
    return withMarks(element === undefined ? sequenceOf(type, items) : makeList(element, items), marks);
  },
};

/** `convert`, with the argument to blame. */
export function converting(value: Value, type: Type, argument: number): Value {
  try {
    return convert(value, type);
  } catch (error) {
    throw new FunctionError((error as Error).message, argument);
  }
}

const reverse: StrictFunction = {
  name: 'reverse',
  description: 'The elements of a list or tuple in reverse order.',
  params: [parameter('list', DYNAMIC, { allowMarked: true })],
  returnType: ([list]) => {
    const type = typeOf(list!);
    if (type.kind === 'tuple') return tupleOf([...type.elements].reverse());
    if (type.kind === 'list' || type.kind === 'set') return listOf(type.element);
    throw new FunctionError(`can only reverse list or tuple values, not ${friendlyName(type)}`, 0);
  },
  notNull: true,
  reads: 'structure',
  call: ([list], type) => withMarks(sequenceOf(type, [...itemsOf(unmark(list!))].reverse()), marksOf(list!)),
};

const slice: StrictFunction = {
  name: 'slice',
  description: 'The elements of a list or tuple from one index up to, and without, another.',
  params: [
    parameter('list', DYNAMIC, { allowMarked: true }),
    parameter('start_index', NUMBER),
    parameter('end_index', NUMBER),
  ],
  returnType: (args) => {
    const type = typeOf(args[0]!);
    if (type.kind === 'set') {
      throw new FunctionError(
        'cannot slice a set, because its elements do not have indices; explicitly convert to a list if the ordering of the result is not important',
        0,
      );
    }
    if (type.kind !== 'list' && type.kind !== 'tuple') {
      throw new FunctionError('must be a list or tuple value', 0);
    }
    const range = sliceRange(args);
    if (type.kind !== 'tuple') return type;
    return range === undefined ? DYNAMIC : tupleOf(type.elements.slice(...range));
  },
  notNull: true,
  reads: 'structure',
  call: (args, type) => {
    const [list] = args;
    const result =
      type.kind === 'dynamic'
        ? UNKNOWN
        : sequenceOf(type, itemsOf(unmark(list!)).slice(...sliceRange(args)!));
    return withMarks(result, marksOf(list!));
  },
};

function sliceRange([list, from, to]: readonly Value[]): [start: number, end: number] | undefined {
  const length = lengthOf(unmark(list!));
  const index = (value: Value, argument: number, name: string): number | undefined => {
    if (isUnknown(value)) return undefined;
    const i = toInt(value, argument, `invalid ${name} index: `);
    if (i < 0) throw new FunctionError(`${name} index must not be less than zero`, argument);
    if (typeof length === 'number' && i > length) {
      throw new FunctionError(`${name} index must not be greater than the length of the list`, argument);
    }
    return i;
  };
  const start = index(from!, 1, 'start');
  const end = index(to!, 2, 'end');
  if (start === undefined || end === undefined) return undefined;
  if (start > end) throw new FunctionError('start index must not be greater than end index', 1);
  return [start, end];
}

const element: StrictFunction = {
  name: 'element',
  description:
    'The element at an index, which counts on from the start after the end, and back from it below zero.',
  params: [parameter('list', DYNAMIC, { allowMarked: true }), parameter('index', NUMBER)],
  returnType: ([list, index]) => {
    const type = typeOf(list!);
    if (type.kind === 'list') return type.element;
    if (type.kind !== 'tuple') throw new FunctionError(`cannot read elements from ${friendlyName(type)}`);
    if (isUnknown(index!)) return DYNAMIC;
    toInt(index!, undefined, 'invalid index: ');
    return type.elements[wrapped(index!, type.elements.length)]!;
  },
  reads: 'structure',
  call: ([list, index], type) => {
    const bare = unmark(list!);
    toInt(index!, undefined, 'invalid index: ');
    if (isUnknown(bare)) return unknown(type);
    const items = itemsOf(bare);
    return withMarks(items[wrapped(index!, items.length)]!, marksOf(list!));
  },
};

function wrapped(index: Value, length: number): number {
  if (length === 0) throw new FunctionError('cannot use element function with an empty list');
  const i = typeof index === 'number' ? index % length : Number(toWhole(index) % BigInt(length));
  return i < 0 ? i + length : i + 0;
}

const chunklist: StrictFunction = {
  name: 'chunklist',
  description: 'The elements of a list in lists of a size; the last one may be shorter.',
  params: [
    parameter('list', anyList, { allowMarked: true }),
    parameter('size', NUMBER, { allowMarked: true }),
  ],
  returnType: ([list]) => listOf(typeOf(list!)),
  notNull: true,
  reads: 'structure',
  call: ([list, size], type) => {
    const chunk = toInt(unmark(size!), undefined, 'invalid size: ');
    if (chunk < 0) throw new FunctionError('the size argument must be positive');
    const bare = unmark(list!) as ListValue;
    const chunks: Value[] = [];
    for (let i = 0; chunk > 0 && i < bare.items.length; i += chunk) {
      chunks.push(makeList(bare.type.element, bare.items.slice(i, i + chunk)));
    }
    if (chunk === 0 && bare.items.length > 0) chunks.push(bare);
    const result = makeList((type as ListValue['type']).element, chunks);
    return withMarks(result, union(marksOf(list!), marksOf(size!)));
  },
};

const flatten: StrictFunction = {
  name: 'flatten',
  description:
    'A tuple of all elements of a list, in which lists, sets and tuples are replaced by their elements.',
  params: [parameter('list', DYNAMIC, { allowMarked: true })],
  returnType: ([list]) => {
    if (!isWhollyKnown(list!)) return DYNAMIC;
    const { kind } = typeOf(list!);
    if (kind !== 'list' && kind !== 'set' && kind !== 'tuple') {
      throw new FunctionError('can only flatten lists, sets and tuples');
    }
    return tupleOf(flat(list!).items.map(typeOf));
  },
  notNull: true,
  reads: 'structure',
  call: ([list], type) => {
    const { items, marks, known } = flat(list!);
    return withMarks(known ? new TupleValue(items) : unknown(type), marks);
  },
};

function flat(list: Value): { items: Value[]; marks: Marks; known: boolean } {
  const items: Value[] = [];
  let marks = marksOf(list);
  let known = true;
  const bare = unmark(list);
  if (typeof lengthOf(bare) !== 'number') return { items, marks, known: false };
  // A map or object comes here only where it holds unknown values: its elements are taken, as the reference does.
  for (const item of childrenOf(bare as Composite)) {
    const inner = unmark(item);
    // As in the reference, one with marks stays an element.
    if (item === UNKNOWN) known = false;
    const { kind } = typeOf(inner);
    if (isNull(inner) || (kind !== 'list' && kind !== 'set' && kind !== 'tuple')) {
      items.push(item);
    } else if (isUnknown(inner)) {
      known = false;
      marks = union(marks, marksOf(item));
    } else {
      const nested = flat(item);
      marks = union(marks, nested.marks);
      known &&= nested.known;
      for (const value of nested.items) items.push(value);
    }
  }
  return { items, marks, known };
}

const coalescelist: StrictFunction = {
  name: 'coalescelist',
  description: 'The first of the given lists or tuples that has elements.',
  params: [],
  varParam: parameter('vals', DYNAMIC, { allowNull: true, allowUnknown: true, allowDynamic: true }),
  returnType: (lists) => {
    if (lists.length === 0) throw new FunctionError('at least one argument is required');
    let common: Type | undefined;
    let mixed = false;
    for (const list of lists) {
      if (isUnknown(list)) return DYNAMIC;
      const type = typeOf(list);
      if (type.kind !== 'list' && type.kind !== 'tuple') {
        throw new FunctionError('coalescelist arguments must be lists or tuples');
      }
      mixed ||= common !== undefined && !equalTypes(type, common);
      common ??= type;
    }
    return mixed ? DYNAMIC : (common as Type);
  },
  notNull: true,
  reads: 'structure',
  call: (lists, type) => {
    for (const list of lists) {
      if (isUnknown(list)) return unknown(type);
      if (!isNull(list) && itemsOf(list).length > 0) return list;
    }
    throw new FunctionError('no non-null arguments');
  },
};

const compact: StrictFunction = {
  name: 'compact',
  description: 'The strings of a list without the empty ones and the nulls.',
  params: [parameter('list', listOf(STRING))],
  returnType: listOf(STRING),
  notNull: true,
  call: ([list], type) => {
    if (!isWhollyKnown(list!)) return unknown(type);
    return makeList(
      STRING,
      itemsOf(list!).filter((item) => !isNull(item) && item !== ''),
    );
  },
};

const distinct: StrictFunction = {
  name: 'distinct',
  description: 'The elements of a list, each only where it occurs first.',
  params: [parameter('list', anyList)],
  returnType: ([list]) => typeOf(list!),
  notNull: true,
  call: ([list], type) => {
    if (!isWhollyKnown(list!)) return unknown(type);
    // In one list all elements have one type, so that equal keys are equal values.
    const byKey = new Map<string, Value>();
    for (const item of itemsOf(list!)) {
      const key = setKey(item);
      if (!byKey.has(key)) byKey.set(key, item);
    }
    return makeList((type as ListValue['type']).element, [...byKey.values()]);
  },
};

const index: StrictFunction = {
  name: 'index',
  description: 'The index of the first element that equals a value.',
  params: [parameter('list', DYNAMIC), parameter('value', DYNAMIC)],
  returnType: NUMBER,
  notNull: true,
  call: ([list, value]) => {
    const { kind } = typeOf(list!);
    if (kind !== 'list' && kind !== 'tuple') throw new FunctionError('argument must be a list or tuple');
    const items = itemsOf(list!);
    if (items.length === 0) throw new FunctionError('cannot search an empty list');
    for (let i = 0; i < items.length; i++) {
      const same = equal(items[i]!, value!);
      if (isUnknown(same)) return unknown(NUMBER);
      if (same === true) return i;
    }
    throw new FunctionError('item not found');
  },
};

const contains: StrictFunction = {
  name: 'contains',
  description: 'Whether a list, tuple or set has an element that equals a value.',
  params: [parameter('list', DYNAMIC), parameter('value', DYNAMIC, { allowNull: true })],
  returnType: BOOL,
  notNull: true,
  call: ([list, value]) => {
    const { kind } = typeOf(list!);
    if (kind !== 'list' && kind !== 'tuple' && kind !== 'set') {
      throw new FunctionError('argument must be list, tuple, or set');
    }
    let uncertain = false;
    for (const item of itemsOf(list!)) {
      const same = equal(value!, item);
      if (same === true) return true;
      uncertain ||= isUnknown(same);
    }
    return uncertain ? unknown(BOOL) : false;
  },
};

const one: StrictFunction = {
  name: 'one',
  description: 'The element of a collection of one, null for an empty one.',
  params: [parameter('list', DYNAMIC)],
  returnType: ([list]) => {
    const type = typeOf(list!);
    if (type.kind === 'list' || type.kind === 'set') return type.element;
    if (type.kind === 'tuple' && type.elements.length < 2) return type.elements[0] ?? DYNAMIC;
    throw notOne();
  },
  reads: 'structure',
  call: ([list], type) => {
    const length = lengthOf(list!);
    if (typeof length !== 'number') return unknown(type);
    if (length > 1) throw notOne();
    return length === 0 ? new NullValue(type) : itemsOf(list!)[0]!;
  },
};

const notOne = (): FunctionError =>
  new FunctionError('must be a list, set, or tuple value with either zero or one elements', 0);

export const sequenceFunctions: readonly StrictFunction[] = [
  concat,
  reverse,
  slice,
  element,
  chunklist,
  flatten,
  coalescelist,
  compact,
  distinct,
  index,
  contains,
  one,
];
