import { canonicalJson, type Json } from '#libs/kernel';

export interface AttributeDifference {
  readonly path: string;
  readonly from?: Json;
  readonly to?: Json;
}

/**
 * What differs between the attributes that a node was last carried out with and those compiled now, leaf by leaf. A part that is not
 * known before a run (`{ "$unknown": … }`) is taken as unchanged: whether it is, shows when it is known.
 */
export function attributeChanges(
  before: Json | undefined,
  after: Json | undefined,
  path = '',
): readonly AttributeDifference[] {
  if (isUnknown(after) && before !== undefined) return [];
  if (isObject(before) && isObject(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((key) => attributeChanges(before[key], after[key], path === '' ? key : `${path}.${key}`));
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return (before as readonly Json[]).flatMap((value, i) =>
      attributeChanges(value, (after as readonly Json[])[i], `${path}[${i}]`),
    );
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after))
    return [];
  return [{ path, ...(before !== undefined && { from: before }), ...(after !== undefined && { to: after }) }];
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isUnknown = (value: Json | undefined): boolean => isObject(value) && '$unknown' in value;
