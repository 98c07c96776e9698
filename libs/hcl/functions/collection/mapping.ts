import { convert } from '../../values/convert.js';
import { childrenOf, equal } from '../../values/equality.js';
import { marksOf, type Marks, NO_MARKS, union, unmark, withMarks } from '../../values/marks.js';
import {
  DYNAMIC,
  equalTypes,
  friendlyName,
  listOf,
  mapOf,
  objectOf,
  STRING,
  tupleOf,
  type Type,
} from '../../values/type.js';
import {
  type Composite,
  entriesOf,
  isComposite,
  isNull,
  isUnknown,
  isWhollyKnown,
  type ListValue,
  makeList,
  makeMap,
  makeObject,
  type MapValue,
  ObjectValue,
  TupleValue,
  typeOf,
  unknown,
  type Value,
} from '../../values/value.js';
import { unify } from '../../values/unify.js';
import { ANYTHING, parameter, redacted } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { quote } from '../quote.js';
import { itemsOf, sequenceOf } from './sequence.js';

const keys: StrictFunction = {
  name: 'keys',
  description: 'The keys of a map, or the attribute names of an object, in order.',
  params: [parameter('inputMap', DYNAMIC, { allowUnknown: true, allowMarked: true })],
  returnType: ([mapping]) => {
    const type = typeOf(mapping!);
    if (type.kind === 'map') return listOf(STRING);
    if (type.kind === 'object') return tupleOf([...type.attributes.keys()].map(() => STRING));
    throw new FunctionError('must have map or object type', 0);
  },
  notNull: true,
  reads: 'structure',
  call: ([mapping], type) => {
    const bare = unmark(mapping!);
    const bareType = typeOf(bare);
    const result =
      bareType.kind === 'object'
        ? new TupleValue([...bareType.attributes.keys()])
        : isUnknown(bare)
          ? unknown(type)
          : makeList(STRING, [...(bare as MapValue).entries.keys()]);
    return withMarks(result, marksOf(mapping!));
  },
};

const values: StrictFunction = {
  name: 'values',
  description: 'The values of a map or object in the order of their keys.',
  params: [parameter('mapping', DYNAMIC, { allowMarked: true })],
  returnType: ([mapping]) => {
    const type = typeOf(mapping!);
    if (type.kind === 'map') return listOf(type.element);
    if (type.kind === 'object') return tupleOf([...type.attributes.values()]);
    throw new FunctionError('values() requires a map as the first argument');
  },
  notNull: true,
  reads: 'structure',
  call: ([mapping], type) => {
    const items = childrenOf(unmark(mapping!) as Composite);
    return withMarks(sequenceOf(type, items), marksOf(mapping!));
  },
};

const lookup: StrictFunction = {
  name: 'lookup',
  description: 'The element of a map or attribute of an object with a key, or a default where there is none.',
  params: [
    parameter('inputMap', DYNAMIC, { allowMarked: true }),
    parameter('key', STRING, { allowMarked: true }),
  ],
  varParam: parameter('default', DYNAMIC, ANYTHING),
  returnType: (args) => {
    if (args.length > 3) throw new FunctionError(`lookup() takes two or three arguments, got ${args.length}`);
    const [mapping, key, otherwise] = args;
    const type = typeOf(mapping!);
    if (type.kind === 'object') {
      const name = unmark(key!);
      if (isUnknown(name)) return DYNAMIC;
      const attribute = type.attributes.get(name as string);
      if (attribute !== undefined) return attribute;
      if (otherwise !== undefined) return typeOf(otherwise);
      throw new FunctionError(`the given object has no attribute ${quote(name as string)}`, 0);
    }
    if (type.kind !== 'map') throw new FunctionError('lookup() requires a map as the first argument', 0);
    if (otherwise !== undefined) {
      try {
        convert(otherwise, type.element);
      } catch {
        throw new FunctionError('the default value must have the same type as the map elements', 2);
      }
    }
    return type.element;
  },
  call: ([mapping, key, otherwise], type) => {
    const marks = union(marksOf(mapping!), marksOf(key!));
    const bare = unmark(mapping!);
    if (isUnknown(bare)) return withMarks(unknown(type), marks);
    const name = unmark(key!) as string;
    const found = bare instanceof ObjectValue ? bare.get(name) : (bare as MapValue).entries.get(name);
    if (found !== undefined) return withMarks(found, marks);
    if (otherwise !== undefined) return withMarks(convert(otherwise, type), marks);
    throw new FunctionError(`lookup failed to find key ${redacted(name, marksOf(key!))}`);
  },
};

const merge: StrictFunction = {
  name: 'merge',
  description:
    'All elements of several maps or attributes of several objects; of equal keys the last one wins.',
  params: [],
  varParam: parameter('maps', DYNAMIC, { allowDynamic: true, allowNull: true, allowMarked: true }),
  returnType: (mappings) => {
    if (mappings.length === 0) return objectOf({});
    const attributes = new Map<string, Type>();
    let first: Type | undefined;
    let alike = true;
    let complete = true;
    for (const mapping of mappings) {
      const bare = unmark(mapping);
      let type: Type = typeOf(bare);
      if (type.kind === 'dynamic') return DYNAMIC;
      if (type.kind === 'object') {
        if (isNull(bare)) type = objectOf({});
        for (const [name, attribute] of type.attributes) attributes.set(name, attribute);
      } else if (type.kind === 'map') {
        if (isUnknown(bare)) complete = false;
        else if (!isNull(bare))
          for (const key of (bare as MapValue).entries.keys()) attributes.set(key, type.element);
      } else {
        throw new FunctionError(`arguments must be maps or objects, got ${quote(friendlyName(type))}`);
      }
      first ??= type;
      alike &&= equalTypes(type, first);
    }
    if (alike) return first as Type;
    return complete ? objectOf(attributes) : DYNAMIC;
  },
  notNull: true,
  reads: 'structure',
  call: (mappings, type) => {
    const merged = new Map<string, Value>();
    let marks = NO_MARKS;
    for (const mapping of mappings) {
      const bare = unmark(mapping);
      if (isNull(bare)) continue;
      marks = union(marks, marksOf(mapping));
      // Beside an argument without a type the others' types are not checked, and what is empty adds nothing.
      if (isComposite(bare) && childrenOf(bare).length === 0) continue;
      if (!(bare instanceof ObjectValue) && typeOf(bare).kind !== 'map')
        throw new FunctionError(
          `arguments must be maps or objects, got ${quote(friendlyName(typeOf(bare)))}`,
        );
      for (const [key, value] of entriesOf(bare as MapValue | ObjectValue)) merged.set(key, value);
    }
    return withMarks(type.kind === 'map' ? makeMap(type.element, merged) : makeObject(merged), marks);
  },
};

const zipmap: StrictFunction = {
  name: 'zipmap',
  description:
    'A map from the strings of one list to the values of another, or an object where those are a tuple.',
  params: [
    parameter('keys', listOf(STRING), { allowMarked: true }),
    parameter('values', DYNAMIC, { allowMarked: true }),
  ],
  returnType: ([names, items]) => {
    const type = typeOf(items!);
    if (type.kind === 'list') return mapOf(type.element);
    if (type.kind !== 'tuple') throw new FunctionError('values argument must be a list or tuple value');
    if (!isWhollyKnown(names!)) return DYNAMIC;
    const { items: keyItems } = unmark(names!) as ListValue;
    if (keyItems.length !== type.elements.length) throw unequal(keyItems.length, type.elements.length);
    return objectOf(keyItems.map((key, i) => [keyAt(key, i), type.elements[i]!] as const));
  },
  notNull: true,
  call: ([names, items], type) => {
    let marks: Marks = union(marksOf(names!), marksOf(items!));
    if (!isWhollyKnown(names!)) return withMarks(unknown(type), marks);
    const keyItems = itemsOf(unmark(names!));
    const valueItems = itemsOf(unmark(items!));
    if (keyItems.length !== valueItems.length) throw unequal(keyItems.length, valueItems.length);
    const entries = keyItems.map((key, i): [string, Value] => {
      marks = union(marks, marksOf(key));
      return [keyAt(key, i), valueItems[i]!];
    });
    return withMarks(type.kind === 'map' ? makeMap(type.element, entries) : makeObject(entries), marks);
  },
};

function keyAt(key: Value, index: number): string {
  const bare = unmark(key);
  if (isNull(bare)) throw new FunctionError(`keys list has null value at index ${index}`);
  return bare as string;
}

const unequal = (names: number, items: number): FunctionError =>
  new FunctionError(`number of keys (${names}) does not match number of values (${items})`);

const stringLists = mapOf(listOf(STRING));

const transpose: StrictFunction = {
  name: 'transpose',
  description: 'A map of lists of strings turned round: each string maps to the keys under which it was.',
  params: [parameter('values', stringLists)],
  returnType: stringLists,
  notNull: true,
  call: ([mapping], type) => {
    if (!isWhollyKnown(mapping!)) return unknown(type);
    const turned = new Map<string, string[]>();
    for (const [key, list] of (mapping as MapValue).entries) {
      if (isNull(list)) throw new FunctionError(`cannot use null list for [${quote(key)}]`, 0);
      itemsOf(list).forEach((item, i) => {
        if (isNull(item)) throw new FunctionError(`cannot use null string for [${quote(key)}][${i}]`, 0);
        const keysOfItem = turned.get(item as string);
        // Keys come in order, so that every list is sorted.
        if (keysOfItem === undefined) turned.set(item as string, [key]);
        else keysOfItem.push(key);
      });
    }
    return makeMap(
      listOf(STRING),
      Array.from(turned, ([item, list]) => [item, makeList(STRING, list)] as const),
    );
  },
};

const matchkeys: StrictFunction = {
  name: 'matchkeys',
  description: 'The values whose keys, at the same index in a second list, occur in a third one.',
  params: [
    parameter('values', listOf(DYNAMIC)),
    parameter('keys', listOf(DYNAMIC)),
    parameter('searchset', listOf(DYNAMIC)),
  ],
  returnType: ([items, names, wanted]) => {
    commonType(names!, wanted!);
    return typeOf(items!);
  },
  notNull: true,
  call: ([items, names, wanted], type) => {
    if (itemsOf(items!).length !== itemsOf(names!).length) {
      throw new FunctionError('length of keys and values should be equal');
    }
    const { element } = type as ListValue['type'];
    const common = commonType(names!, wanted!);
    const keyItems = itemsOf(convert(names!, common));
    const searched = itemsOf(convert(wanted!, common));
    if (searched.length === 0) return makeList(element, []);
    if (!isWhollyKnown(items!) || !isWhollyKnown(names!)) return unknown(type);
    const matches: Value[] = [];
    for (let i = 0; i < keyItems.length; i++) {
      for (const candidate of searched) {
        const same = equal(keyItems[i]!, candidate);
        if (isUnknown(same)) return makeList(element, []);
        if (same === true) {
          matches.push(itemsOf(items!)[i]!);
          break;
        }
      }
    }
    return makeList(element, matches);
  },
};

function commonType(names: Value, wanted: Value): Type {
  const common = unify([typeOf(names), typeOf(wanted)], true);
  if (common === undefined) throw new FunctionError('keys and searchset must be of the same type');
  return common;
}

export const mappingFunctions: readonly StrictFunction[] = [
  keys,
  values,
  lookup,
  merge,
  zipmap,
  transpose,
  matchkeys,
];
