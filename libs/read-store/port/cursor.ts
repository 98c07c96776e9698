import { refuse, Refused } from '#libs/kernel';
import { type CollectionSpec } from './read-store.js';

/** What a row's index fields may hold; an absent field counts as null. */
export type IndexValue = string | number | boolean | null;

/** Where a page ended: the index, the values of its fields, and the key. Keyset paging needs no more, and survives deletions. */
export interface PagePlace {
  readonly index: string | null;
  readonly values: readonly IndexValue[];
  readonly key: string;
}

export function encodeCursor(place: PagePlace): string {
  return Buffer.from(JSON.stringify([place.index, place.values, place.key])).toString('base64url');
}

/** Throws `Refused` (`list/bad-cursor`) for what `encodeCursor` did not write, or wrote for another index. */
export function decodeCursor(
  cursor: string,
  collection: CollectionSpec,
  index: string | undefined,
): PagePlace {
  try {
    const [name, values, key] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [
      string | null,
      IndexValue[],
      string,
    ];
    if (name === (index ?? null) && Array.isArray(values) && typeof key === 'string')
      return { index: name, values, key };
  } catch {
    // falls through to the refusal
  }
  throw new Refused(
    refuse('list/bad-cursor', `the cursor does not belong to this listing of ${collection.name}`, {
      fix: 'begin again without a cursor, and pass on `next` exactly as it was answered',
    }),
  );
}

/** The fields of a declared index; throws a TypeError for one that the collection does not declare (a programming error). */
export function fieldsOf(collection: CollectionSpec, index: string | undefined): readonly string[] {
  if (index === undefined) return [];
  const fields = collection.indexes[index];
  if (fields === undefined) throw new TypeError(`${collection.name} declares no index ${index}`);
  return fields;
}

/** Throws a TypeError where an indexed field holds an object or a list. */
export function valuesOf(
  collection: CollectionSpec,
  index: string,
  fields: readonly string[],
  row: object,
): IndexValue[] {
  return fields.map((field) => {
    const value = (row as Record<string, unknown>)[field] ?? null;
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as IndexValue;
    throw new TypeError(`${collection.name}: index ${index} needs a scalar in ${field}`);
  });
}
