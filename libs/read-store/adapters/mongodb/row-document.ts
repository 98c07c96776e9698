import { encodeIndexValues, encodeRowKey } from '../../port/index-key.js';
import { type IndexValue } from '../../port/cursor.js';
import { type RowWrite, type StoredRow } from '../../port/read-store.js';
import { storedForm } from '../../port/stored-form.js';

/** A row; without `row` a deletion whose position still matters. */
export interface RowDocument {
  readonly _id: string;
  readonly position: bigint;
  /** JSON text: a row may hold keys that the database or its driver would take for something else. */
  readonly row?: string;
  /** By index: values and key as hex digits, whose order is the order of the listing on every adapter. */
  readonly order: Readonly<Record<string, string>>;
}

/** Throws `RowRefused`. */
export function documentOf(write: RowWrite): RowDocument {
  const { collection, key, position } = write;
  const { text, values } = storedForm(write);
  const order = Object.keys(collection.indexes).map((index, i) => [index, placeOf(values?.[i] ?? [], key)]);
  return {
    _id: key,
    position,
    order: text === null ? {} : (Object.fromEntries(order) as Record<string, string>),
    ...(text !== null && { row: text }),
  };
}

export function rowOf<Row extends object>({ _id, position, row }: RowDocument): StoredRow<Row> | null {
  return row === undefined ? null : { key: _id, position, row: JSON.parse(row) as Row };
}

/** Where a row stands in the listing by an index. */
export function placeOf(values: readonly IndexValue[], key: string): string {
  return Buffer.concat([encodeIndexValues(values), encodeRowKey(key)]).toString('hex');
}

/** What the places of all rows begin with that have these values in the first fields of an index. */
export function placePrefix(values: readonly IndexValue[]): string {
  return encodeIndexValues(values).toString('hex');
}
