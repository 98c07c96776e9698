import { type DomainEvent, type Projection } from '#libs/kernel';
import { type CollectionSpec } from '../port/read-store.js';

/** How the rows of a projection's own version are stored. Queries ask `ReadModels`, which knows whether that version is complete. */
export function collectionOf<Row extends object, E extends DomainEvent>(
  projection: Projection<Row, E>,
): CollectionSpec {
  const { name, version, indexes = {} } = projection;
  return { name, version, indexes };
}
