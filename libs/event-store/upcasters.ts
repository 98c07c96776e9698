import { type DomainEvent, type RecordedEvent } from '#libs/kernel';

/** From a stored event to the next newer shape; the result may have an upcaster of its own. Pure. */
export type Upcaster = (event: RecordedEvent) => DomainEvent;

/**
 * Old event types, and how each becomes the type that replaced it. Chains are verified over what is stored, never over what an
 * upcaster made of it: an upcast event keeps id, salt and metadata.
 */
export class Upcasters {
  readonly #byType: ReadonlyMap<string, Upcaster>;

  constructor(byType: Readonly<Record<string, Upcaster>> = {}) {
    this.#byType = new Map(Object.entries(byType));
  }

  /** The types that have been replaced. */
  get types(): readonly string[] {
    return [...this.#byType.keys()];
  }

  /** O(versions passed through); the same object where there is nothing to do. */
  upcast(event: RecordedEvent): RecordedEvent {
    if (this.#byType.size === 0) return event;
    let current = event;
    const seen = new Set<string>();
    for (let up = this.#byType.get(current.type); up; up = this.#byType.get(current.type)) {
      if (seen.has(current.type)) throw new Error(`the upcasters of ${event.type} run in a circle`);
      seen.add(current.type);
      current = { ...current, ...up(current) };
    }
    return current;
  }

  /** Both registries in one; a type may stand in one of them only. */
  with(more: Readonly<Record<string, Upcaster>>): Upcasters {
    for (const type of Object.keys(more)) {
      if (this.#byType.has(type)) throw new Error(`two upcasters for ${type}`);
    }
    return new Upcasters({ ...Object.fromEntries(this.#byType), ...more });
  }
}
