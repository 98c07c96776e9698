import { equalTypes, listOf, mapOf, objectOf, tupleOf, DYNAMIC, isPrimitive, type Type } from '../type.js';

/** Whether values of one type can be converted to another; `unsafe`: at least some of them. */
export type Convertible = (from: Type, to: Type, unsafe: boolean) => boolean;

/** See `unify`. */
export function commonType(
  types: readonly Type[],
  unsafe: boolean,
  convertible: Convertible,
): Type | undefined {
  return find(types, (from, to) => convertible(from, to, unsafe));
}

type Rules = (from: Type, to: Type) => boolean;

function find(types: readonly Type[], rules: Rules): Type | undefined {
  if (types.length === 0) return undefined;
  const [first] = types;
  if (types.every((type) => type === first)) return first;
  const count = { map: 0, list: 0, set: 0, object: 0, tuple: 0, dynamic: 0 };
  for (const { kind } of types) if (kind in count) count[kind as keyof typeof count]++;
  const n = types.length;
  const only = (...kinds: (keyof typeof count)[]): boolean =>
    kinds.reduce((sum, k) => sum + count[k], 0) === n;
  if (count.map > 0 && only('map', 'dynamic'))
    return unifyCollections('map', types, rules, count.dynamic > 0);
  if (count.map > 0 && only('map', 'object', 'dynamic')) {
    const mapped = viaCollection('object', types, rules);
    if (mapped?.kind === 'map') return mapped;
  } else if (count.list > 0 && only('list', 'dynamic'))
    return unifyCollections('list', types, rules, count.dynamic > 0);
  else if (count.list > 0 && only('list', 'tuple', 'dynamic')) {
    const listed = viaCollection('tuple', types, rules);
    if (listed?.kind === 'list') return listed;
  } else if (count.set > 0 && only('set', 'dynamic'))
    return unifyCollections('set', types, rules, count.dynamic > 0);
  else if (count.object > 0 && only('object', 'dynamic'))
    return count.dynamic > 0 ? DYNAMIC : unifyObjects(types, rules);
  else if (count.tuple > 0 && only('tuple', 'dynamic'))
    return count.dynamic > 0 ? DYNAMIC : unifyTuples(types, rules);
  else if (count.object > 0 && count.tuple > 0) return undefined;

  for (const want of bySupertype(types))
    if (types.every((type) => equalTypes(type, want) || rules(type, want))) return want;
  return undefined;
}

/** More general types first, otherwise as they come. */
function bySupertype(types: readonly Type[]): Type[] {
  const distinct: Type[] = [];
  for (const type of types) if (!distinct.some((t) => equalTypes(t, type))) distinct.push(type);
  const order: Type[] = [];
  while (distinct.length > 0) {
    const next = distinct.findIndex((type) => !distinct.some((other) => generality(other, type) < 0));
    order.push(...distinct.splice(Math.max(next, 0), 1));
  }
  return order;
}

/** Below 0: `a` is the more general type, to be tried first; 0: neither. */
function generality(a: Type, b: Type): number {
  if (a.kind === 'dynamic' || b.kind === 'dynamic')
    return a.kind === b.kind ? 0 : a.kind === 'dynamic' ? 1 : -1;
  if (isPrimitive(a) && isPrimitive(b)) {
    if (a.kind === b.kind) return 0;
    return a.kind === 'string' ? -1 : b.kind === 'string' ? 1 : 0;
  }
  if ('element' in a && 'element' in b && a.kind === b.kind) return generality(a.element, b.element);
  if (a.kind === 'list' && b.kind === 'tuple') return -1;
  if (a.kind === 'tuple' && b.kind === 'list') return 1;
  if (a.kind === 'map' && b.kind === 'object') return -1;
  if (a.kind === 'object' && b.kind === 'map') return 1;
  if (b.kind === 'set' && (a.kind === 'tuple' || a.kind === 'list')) return -1;
  if (a.kind === 'set' && (b.kind === 'tuple' || b.kind === 'list')) return 1;
  if (a.kind === 'object' && b.kind === 'object') {
    if (a.attributes.size !== b.attributes.size) return 0;
    const pairs: (readonly [Type, Type])[] = [];
    for (const [name, type] of a.attributes) {
      const other = b.attributes.get(name);
      if (other === undefined) return 0;
      pairs.push([type, other]);
    }
    return across(pairs);
  }
  if (a.kind === 'tuple' && b.kind === 'tuple' && a.elements.length === b.elements.length)
    return across(a.elements.map((type, i) => [type, b.elements[i]!] as const));
  return 0;
}

function across(pairs: readonly (readonly [Type, Type])[]): number {
  const signs = new Set(pairs.map(([a, b]) => Math.sign(generality(a, b))));
  if (signs.has(-1) === signs.has(1)) return 0;
  return signs.has(-1) ? -1 : 1;
}

function unifyCollections(
  kind: 'list' | 'set' | 'map',
  types: readonly Type[],
  rules: Rules,
  dynamic: boolean,
): Type | undefined {
  if (dynamic) return DYNAMIC;
  const element = find(
    types.map((type) => ('element' in type ? type.element : DYNAMIC)),
    rules,
  );
  if (element === undefined) return undefined;
  return reachable({ kind, element }, types, rules);
}

function reachable(want: Type, types: readonly Type[], rules: Rules): Type | undefined {
  return types.every((type) => equalTypes(type, want) || rules(type, want)) ? want : undefined;
}

/** Objects together with maps count as maps, tuples together with lists as lists. */
function viaCollection(kind: 'object' | 'tuple', types: readonly Type[], rules: Rules): Type | undefined {
  const collection = collect(
    kind,
    types.filter((type) => type.kind === kind),
    rules,
  );
  if (collection === undefined) return undefined;
  return find(
    types.map((type) => (type.kind === kind ? collection : type)),
    rules,
  );
}

function collect(kind: 'object' | 'tuple', types: readonly Type[], rules: Rules): Type | undefined {
  const elements: Type[] = [];
  for (const type of types) {
    if (type.kind === 'object') elements.push(...type.attributes.values());
    if (type.kind === 'tuple') elements.push(...type.elements);
  }
  const element = find(elements, rules);
  if (element === undefined) return undefined;
  return reachable(kind === 'object' ? mapOf(element) : listOf(element), types, rules);
}

function unifyObjects(types: readonly Type[], rules: Rules): Type | undefined {
  const objects = types.flatMap((type) => (type.kind === 'object' ? [type] : []));
  const [first] = objects;
  const names = [...first!.attributes.keys()];
  const alike = objects.every(
    (type) => type.attributes.size === names.length && names.every((name) => type.attributes.has(name)),
  );
  if (!alike) return collect('object', types, rules);
  const attributes = new Map<string, Type>();
  for (const name of names) {
    const type = find(
      objects.map((object) => object.attributes.get(name)!),
      rules,
    );
    if (type === undefined) return undefined;
    attributes.set(name, type);
  }
  return reachable(objectOf(attributes), types, rules) ?? collect('object', types, rules);
}

function unifyTuples(types: readonly Type[], rules: Rules): Type | undefined {
  const tuples = types.flatMap((type) => (type.kind === 'tuple' ? [type] : []));
  const { length } = tuples[0]!.elements;
  if (tuples.some((type) => type.elements.length !== length)) return collect('tuple', types, rules);
  const elements: Type[] = [];
  for (let i = 0; i < length; i++) {
    const type = find(
      tuples.map((tuple) => tuple.elements[i]!),
      rules,
    );
    if (type === undefined) return undefined;
    elements.push(type);
  }
  return reachable(tupleOf(elements), types, rules) ?? collect('tuple', types, rules);
}
