import { type Convertible } from './common-type.js';
import {
  equalTypes,
  friendlyName,
  hasDynamic,
  isPrimitive,
  type CollectionType,
  type ObjectType,
  type Type,
} from '../type.js';

/** Why a value of one type cannot be taken for another: "string required", "attribute "a" is required". */
export function explain(got: Type, want: Type, convertible: Convertible): string {
  if (got.kind === 'object' && want.kind === 'object') return objects(got, want, convertible);
  if ('element' in want && want.element.kind === 'dynamic') {
    if (got.kind === 'tuple' && want.kind === 'list') return 'all list elements must have the same type';
    if (got.kind === 'tuple' && want.kind === 'set') return 'all set elements must have the same type';
    if (got.kind === 'object' && want.kind === 'map') return 'all map elements must have the same type';
  }
  if ('element' in want && (got.kind === 'tuple' || got.kind === 'object'))
    return structural(got, want, convertible);
  if ('element' in want && 'element' in got) return collections(got, want, convertible);
  if (!confusable(got, want)) return `${friendlyName(want)} required, but have ${friendlyName(got)}`;
  return `${friendlyName(want, 'constraint')} required`;
}

function objects(got: ObjectType, want: ObjectType, convertible: Convertible): string {
  const missing: string[] = [];
  let impossible: string | undefined;
  let unsafe: string | undefined;
  for (const [name, type] of want.attributes) {
    const given = got.attributes.get(name);
    if (given === undefined) {
      if (!want.optional.has(name)) missing.push(`"${name}"`);
    } else if (!equalTypes(given, type) && impossible === undefined) {
      if (!convertible(given, type, true))
        impossible = `attribute "${name}": ${explain(given, type, convertible)}`;
      if (unsafe === undefined && !convertible(given, type, false))
        unsafe = `attribute "${name}": ${explain(given, type, convertible)}`;
    }
  }
  if (missing.length === 1) return `attribute ${missing[0]!} is required`;
  if (missing.length === 2) return `attributes ${missing[0]!} and ${missing[1]!} are required`;
  if (missing.length > 2)
    return `attributes ${missing.slice(0, -1).join(', ')}, and ${missing[missing.length - 1]!} are required`;
  return impossible ?? unsafe ?? 'incorrect object attributes';
}

function structural(got: Type, want: CollectionType, convertible: Convertible): string {
  const fits = want.kind === 'map' ? got.kind === 'object' : got.kind === 'tuple';
  if (!fits) return `${friendlyName(want, 'constraint')} required`;
  const elements: (readonly [string, Type])[] =
    got.kind === 'tuple'
      ? got.elements.map((type, i) => [String(i), type] as const)
      : [...(got as ObjectType).attributes].map(([name, type]) => [`"${name}"`, type] as const);
  for (const [key, type] of elements) {
    if (equalTypes(type, want.element) || convertible(type, want.element, true)) continue;
    return `element ${key}: ${explain(type, want.element, convertible)}`;
  }
  return `all elements must be ${friendlyName(want.element, 'constraint')}`;
}

function collections(got: CollectionType, want: CollectionType, convertible: Convertible): string {
  const sequence = got.kind === 'list' || got.kind === 'set';
  if (want.kind === 'map' ? got.kind !== 'map' : !sequence)
    return `${friendlyName(want, 'constraint')} required`;
  return `incorrect ${want.kind} element type: ${explain(got.element, want.element, convertible)}`;
}

/** Whether naming both types would confuse more than it helps. */
function confusable(got: Type, want: Type): boolean {
  if (isPrimitive(got) !== isPrimitive(want)) return false;
  if (want.kind === 'string') return false;
  if (want.kind === 'bool' && got.kind === 'number') return false;
  if (got.kind === 'bool' && want.kind === 'number') return false;
  if ('element' in got && 'element' in want && !hasDynamic(got.element) && hasDynamic(want.element))
    return false;
  return !(got.kind === 'tuple' && want.kind === 'object');
}
