import { type DomainEvent, type Projection } from '#libs/kernel';
import { type CollectionSpec, type ReadStore } from '../port/read-store.js';
import { collectionOf } from './collection-of.js';
import { ModelCatalogue, newestComplete, type ModelEntry } from './model-catalogue.js';

/** Milliseconds for which an answer of the catalogue is kept; an old version outlives its successor's completion by far more. */
const catalogueAge = 250;

/** Tells queries which version of a read model to read. */
export class ReadModels {
  private readonly catalogue: ModelCatalogue;
  private entries: Promise<readonly ModelEntry[]> | null = null;
  private readAt = -Infinity;

  constructor(readonly store: ReadStore) {
    this.catalogue = new ModelCatalogue(store);
  }

  /**
   * The newest complete version that is not newer than the projection's own; its own where none is complete yet. An older
   * version than asked for is answered only while the own one is built: its rows may lack the newer fields.
   */
  async collection<Row extends object, E extends DomainEvent>(
    projection: Projection<Row, E>,
  ): Promise<CollectionSpec> {
    const own = collectionOf(projection);
    const newest = newestComplete(await this.known(), projection.name, projection.version);
    return newest === undefined ? own : { ...own, version: newest.version };
  }

  private known(): Promise<readonly ModelEntry[]> {
    const now = performance.now();
    if (this.entries === null || now - this.readAt > catalogueAge) {
      this.readAt = now;
      const reading = this.catalogue.entries();
      this.entries = reading;
      reading.catch(() => (this.entries = null));
    }
    return this.entries;
  }
}
