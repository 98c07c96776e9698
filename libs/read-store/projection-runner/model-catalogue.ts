import { type CollectionSpec, type ReadStore } from '../port/read-store.js';

/** What is known of one version of one read model. */
export interface ModelEntry {
  readonly name: string;
  readonly version: number;
  /** The checkpoint that covers its rows: the group's, or that of the build while it is not complete. */
  readonly checkpoint: string;
  /** False while it is built beside an older version. */
  readonly complete: boolean;
  /** Where it stopped being kept up, because its runner no longer lists it; decimal. */
  readonly frozenAt: string | null;
}

const prefix = 'projection/';
const keyOf = (name: string, version: number): string => `${prefix}${name}@${version}`;

/** Which versions of which read models a store holds. Documents of the read store, written by runners alone. */
export class ModelCatalogue {
  constructor(private readonly store: ReadStore) {}

  async entries(): Promise<readonly ModelEntry[]> {
    return (await this.store.listDocuments(prefix)).map(({ value }) => value as ModelEntry);
  }

  /** The caller owns the group (its lease), so that the last word wins. */
  async put(entry: ModelEntry): Promise<void> {
    const key = keyOf(entry.name, entry.version);
    for (;;) {
      const found = await this.store.getDocument(key);
      if ((await this.store.putDocument(key, entry, found?.version ?? null)) !== 'conflict') return;
    }
  }

  /** Rows first: what is cut off here is dropped again. */
  async drop(collection: CollectionSpec): Promise<void> {
    await this.store.drop(collection);
    await this.store.deleteDocument(keyOf(collection.name, collection.version));
  }
}

/** Of the complete versions, the newest that is at most `atMost`. */
export function newestComplete(
  entries: readonly ModelEntry[],
  name: string,
  atMost = Infinity,
): ModelEntry | undefined {
  return entries
    .filter((entry) => entry.name === name && entry.complete && entry.version <= atMost)
    .reduce<ModelEntry | undefined>((a, b) => (a === undefined || b.version > a.version ? b : a), undefined);
}
