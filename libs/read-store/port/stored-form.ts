import { valuesOf, type IndexValue } from './cursor.js';
import { encodeRowKey } from './index-key.js';
import { RowRefused, type RowWrite } from './read-store.js';

/** What every adapter stores of a write. */
export interface StoredForm {
  readonly key: Buffer;
  /** The row as JSON; null deletes. */
  readonly text: string | null;
  /** By index, in the order of the collection's; null where the row is deleted. */
  readonly values: readonly (readonly IndexValue[])[] | null;
}

/** A document of MongoDB holds 16 MiB; the rest is for the key and the places in the indexes. The same on every adapter. */
const mostBytes = 15 * 2 ** 20;

/** Throws `RowRefused` for what no adapter takes. */
export function storedForm(write: RowWrite): StoredForm {
  const { collection, key, row } = write;
  try {
    const bytes = encodeRowKey(key);
    if (row === null) return { key: bytes, text: null, values: null };
    const text = jsonText(row);
    const values = Object.entries(collection.indexes).map(([index, fields]) =>
      valuesOf(collection, index, fields, row),
    );
    return { key: bytes, text, values };
  } catch (error) {
    throw new RowRefused(write, error);
  }
}

/** A document's value as JSON; throws a RangeError over 15 MiB. */
export function documentText(key: string, value: unknown): string {
  try {
    return jsonText(value);
  } catch (error) {
    throw new RangeError(`document ${key} cannot be stored: ${String(error)}`, { cause: error });
  }
}

function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  // A character takes 3 bytes at most.
  if (text.length * 3 > mostBytes) {
    const bytes = Buffer.byteLength(text);
    if (bytes > mostBytes) throw new RangeError(`${bytes} bytes of JSON exceed ${mostBytes}`);
  }
  return text;
}
