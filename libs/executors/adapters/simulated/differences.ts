import { isDeepStrictEqual } from 'node:util';
import { type Json } from '#libs/kernel';

/** What differs between actual and desired attributes, leaf by leaf, by JSON path with dots; a desired value that is not known differs. */
export function differences(
  actual: Readonly<Record<string, Json>>,
  desired: Readonly<Record<string, Json>>,
  prefix = '',
): readonly { readonly path: string; readonly from?: Json; readonly to?: Json }[] {
  const changes: { path: string; from?: Json; to?: Json }[] = [];
  for (const key of [...new Set([...Object.keys(actual), ...Object.keys(desired)])].sort()) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const from = actual[key];
    const to = desired[key];
    if (isDeepStrictEqual(from, to)) continue;
    if (isObject(from) && isObject(to)) changes.push(...differences(from, to, path));
    else
      changes.push({
        path,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      });
  }
  return changes;
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
