import { type RecordedEvent } from '#libs/kernel';
import { decoded, lastOf, type Append } from './append.js';
import { type Encoder } from './record.js';

/** Durable appends that the tree is not known to have yet, in order: readers find them here. */
export class Overlay {
  #appends: Append[] = [];
  #bytes = 0;

  /** `inTree` is the last position in the tree, -1 where it has none. */
  constructor(public inTree: number) {}

  get size(): number {
    return this.#appends.length;
  }

  /** Of records. */
  get bytes(): number {
    return this.#bytes;
  }

  add(append: Append): void {
    this.#appends.push(append);
    this.#bytes += append.bytes;
  }

  first(count: number): readonly Append[] {
    return this.#appends.slice(0, count);
  }

  /** The tree has the first `count`. */
  drop(count: number): void {
    for (const append of this.#appends.splice(0, count)) {
      append.head.pending.shift();
      append.head.isStored = true;
      this.#bytes -= append.bytes;
      this.inTree = Number(lastOf(append).position);
    }
  }

  clear(): void {
    this.#appends = [];
    this.#bytes = 0;
  }

  /** The events of `[from, to]` that only it has, forwards. */
  between(from: number, to: number, encoder: Encoder): RecordedEvent[] {
    const events: RecordedEvent[] = [];
    for (const append of this.#appends) {
      if (Number(lastOf(append).position) < from) continue;
      for (const [i, { position }] of append.events.entries()) {
        const at = Number(position);
        if (at > to) return events;
        if (at >= from && at > this.inTree) events.push(decoded(append, i, encoder));
      }
    }
    return events;
  }
}
