import { type RecordedEvent } from '#libs/kernel';

/** Turns an event as it was once stored into its newest shape and type; the same event where it is current. */
export type Upcast = (event: RecordedEvent) => RecordedEvent;

/**
 * Every type under which events of these types may lie in the log: `RegionAdded.3` was `RegionAdded` and `RegionAdded.2`
 * before (kernel, `DomainEvent`), and an upcaster brings them up.
 */
export function storedTypes(types: readonly string[]): readonly string[] {
  const all = new Set<string>();
  for (const type of types) {
    const [name = type, version] = type.split('.');
    if (version === undefined) all.add(type);
    else {
      all.add(name);
      for (let v = 2; v <= Number(version); v++) all.add(`${name}.${v}`);
    }
  }
  return [...all];
}

/** Redaction blanks data and salt; folds skip such an event. */
export function isRedacted(event: RecordedEvent): boolean {
  return event.salt === '' && (event.data === null || event.data === undefined);
}
