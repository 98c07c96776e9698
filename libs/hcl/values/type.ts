/** HCL's types, as in cty: three primitives, `dynamic` (not known yet), three collections and two structural types. */
export type Type = PrimitiveType | CollectionType | TupleType | ObjectType | CapsuleType;

export interface PrimitiveType {
  readonly kind: 'string' | 'number' | 'bool' | 'dynamic';
}
export interface CollectionType {
  readonly kind: 'list' | 'set' | 'map';
  readonly element: Type;
}
export interface TupleType {
  readonly kind: 'tuple';
  readonly elements: readonly Type[];
}
export interface ObjectType {
  readonly kind: 'object';
  /** In the order of the names' code points. */
  readonly attributes: ReadonlyMap<string, Type>;
  /** Only in type constraints: attributes that a value may leave out. */
  readonly optional: ReadonlySet<string>;
}
/** An opaque value of the host, such as a type constraint; equal only to itself. */
export interface CapsuleType {
  readonly kind: 'capsule';
  readonly name: string;
}

export const STRING: PrimitiveType = { kind: 'string' };
export const NUMBER: PrimitiveType = { kind: 'number' };
export const BOOL: PrimitiveType = { kind: 'bool' };
/** The type of what has no type yet: in a constraint it means "any". */
export const DYNAMIC: PrimitiveType = { kind: 'dynamic' };

const NONE: ReadonlySet<string> = new Set();

export const listOf = (element: Type): CollectionType => ({ kind: 'list', element });
export const setOf = (element: Type): CollectionType => ({ kind: 'set', element });
export const mapOf = (element: Type): CollectionType => ({ kind: 'map', element });
export const tupleOf = (elements: readonly Type[]): TupleType => ({ kind: 'tuple', elements });

export function objectOf(
  attributes: Readonly<Record<string, Type>> | Iterable<readonly [string, Type]>,
  optional: ReadonlySet<string> = NONE,
): ObjectType {
  const entries = [
    ...(Symbol.iterator in attributes ? attributes : Object.entries(attributes as Record<string, Type>)),
  ];
  entries.sort((a, b) => compareText(a[0], b[0]));
  return { kind: 'object', attributes: new Map(entries), optional };
}

/** Order by code point, which is the order of UTF-8 bytes; JavaScript's own order differs above U+FFFF. */
export function compareText(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const surrogateX = x >= 0xd800 && x <= 0xdfff;
    const surrogateY = y >= 0xd800 && y <= 0xdfff;
    if (surrogateX !== surrogateY) return surrogateX ? 1 : -1;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

/** O(size of the types), O(1) where they are the same object. */
export function equalTypes(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'list':
    case 'set':
    case 'map':
      return equalTypes(a.element, (b as CollectionType).element);
    case 'tuple': {
      const other = (b as TupleType).elements;
      return a.elements.length === other.length && a.elements.every((t, i) => equalTypes(t, other[i]!));
    }
    case 'object': {
      const other = b as ObjectType;
      if (a.attributes.size !== other.attributes.size || a.optional.size !== other.optional.size)
        return false;
      for (const [name, type] of a.attributes) {
        const type2 = other.attributes.get(name);
        if (type2 === undefined || !equalTypes(type, type2)) return false;
        if (a.optional.has(name) !== other.optional.has(name)) return false;
      }
      return true;
    }
    case 'capsule':
      return false;
    default:
      return true;
  }
}

export function isPrimitive(type: Type): boolean {
  return type.kind === 'string' || type.kind === 'number' || type.kind === 'bool';
}

/** Whether `dynamic` occurs anywhere in the type. */
export function hasDynamic(type: Type): boolean {
  switch (type.kind) {
    case 'dynamic':
      return true;
    case 'list':
    case 'set':
    case 'map':
      return hasDynamic(type.element);
    case 'tuple':
      return type.elements.some(hasDynamic);
    case 'object':
      for (const t of type.attributes.values()) if (hasDynamic(t)) return true;
      return false;
    default:
      return false;
  }
}

export function withoutOptional(type: Type): Type {
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'map':
      return { kind: type.kind, element: withoutOptional(type.element) };
    case 'tuple':
      return tupleOf(type.elements.map(withoutOptional));
    case 'object': {
      const attributes = new Map<string, Type>();
      for (const [name, t] of type.attributes) attributes.set(name, withoutOptional(t));
      return { kind: 'object', attributes, optional: NONE };
    }
    default:
      return type;
  }
}

/** As in messages: "list of string", "object". */
export function friendlyName(type: Type, mode: 'value' | 'constraint' = 'value'): string {
  switch (type.kind) {
    case 'dynamic':
      return mode === 'constraint' ? 'any type' : 'dynamic';
    case 'list':
    case 'set':
    case 'map': {
      const single = mode === 'constraint' && type.element.kind === 'dynamic';
      return `${type.kind} of ${single ? 'any single type' : friendlyName(type.element, mode)}`;
    }
    case 'capsule':
      return type.name;
    default:
      return type.kind;
  }
}

/** As a type constraint is written: `list(string)`, `object({ a = optional(number) })`. */
export function typeExpression(type: Type): string {
  switch (type.kind) {
    case 'dynamic':
      return 'any';
    case 'list':
    case 'set':
    case 'map':
      return `${type.kind}(${typeExpression(type.element)})`;
    case 'tuple':
      return `tuple([${type.elements.map(typeExpression).join(',')}])`;
    case 'object': {
      const parts = [...type.attributes].map(([name, t]) => {
        const text = typeExpression(t);
        const key = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(name) ? name : JSON.stringify(name);
        return `${key}=${type.optional.has(name) ? `optional(${text})` : text}`;
      });
      return `object({${parts.join(',')}})`;
    }
    case 'capsule':
      return type.name;
    default:
      return type.kind;
  }
}

/** cty's JSON form: "string", ["list","string"], ["object",{…},[optional]]. */
export type TypeJson = string | readonly [string, ...unknown[]];

export function typeToJson(type: Type): TypeJson {
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'map':
      return [type.kind, typeToJson(type.element)];
    case 'tuple':
      return ['tuple', type.elements.map(typeToJson)];
    case 'object': {
      const attributes = Object.fromEntries([...type.attributes].map(([n, t]) => [n, typeToJson(t)]));
      return type.optional.size > 0
        ? ['object', attributes, [...type.optional].sort(compareText)]
        : ['object', attributes];
    }
    case 'capsule':
      return ['capsule', type.name];
    default:
      return type.kind;
  }
}

/** Throws a `TypeError` on what is no type. */
export function typeFromJson(json: unknown): Type {
  switch (json) {
    case 'string':
      return STRING;
    case 'number':
      return NUMBER;
    case 'bool':
      return BOOL;
    case 'dynamic':
      return DYNAMIC;
  }
  if (Array.isArray(json)) {
    const [kind, arg, optional] = json as [unknown, unknown, unknown];
    if (kind === 'list' || kind === 'set' || kind === 'map') return { kind, element: typeFromJson(arg) };
    if (kind === 'tuple' && Array.isArray(arg)) return tupleOf(arg.map(typeFromJson));
    if (kind === 'object' && arg !== null && typeof arg === 'object') {
      const names = Array.isArray(optional) ? new Set(optional as string[]) : NONE;
      return objectOf(
        Object.entries(arg).map(([n, t]) => [n.normalize('NFC'), typeFromJson(t)] as const),
        names,
      );
    }
  }
  throw new TypeError(`not a type: ${JSON.stringify(json)}`);
}
