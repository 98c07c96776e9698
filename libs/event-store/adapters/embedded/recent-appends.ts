import { lastOf, type Append } from './append.js';

const KEPT = 10_000;

/** Revisions of the first and the last event of an append. */
export interface Extent {
  readonly first: number;
  readonly last: number;
}

/** Where the latest appends under `any` and `exists` stand, so that one that is repeated is recognised: by its first event's id. */
export class RecentAppends {
  readonly #extents = new Map<string, Extent>();

  find(stream: string, id: string): Extent | undefined {
    return this.#extents.get(keyOf(stream, id));
  }

  add(append: Append): void {
    const { id, revision } = append.events[0]!;
    const extent = { first: Number(revision), last: Number(lastOf(append).revision) };
    this.#extents.set(keyOf(append.head.name, id), extent);
    if (this.#extents.size <= KEPT) return;
    const oldest = this.#extents.keys().next();
    if (!oldest.done) this.#extents.delete(oldest.value);
  }

  /** Of an append that was not written. */
  takeBack({ head, events }: Append): void {
    const { id, revision } = events[0]!;
    const key = keyOf(head.name, id);
    if (this.#extents.get(key)?.first === Number(revision)) this.#extents.delete(key);
  }
}

function keyOf(stream: string, id: string): string {
  return `${stream}\0${id}`;
}
