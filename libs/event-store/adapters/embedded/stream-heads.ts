import { type Append, type StreamHead } from './append.js';
import { type EventTree } from './tree.js';

const CACHED_STREAMS = 50_000;

/** Where streams end: in memory for those lately written, or met, in the tree for the others. */
export class StreamHeads {
  readonly #heads = new Map<string, StreamHead>();
  #nextNumber = 0;

  constructor(private readonly tree: EventTree) {}

  /** Forgets everything, and numbers new streams after those of the tree. */
  restart(): void {
    this.#heads.clear();
    this.#nextNumber = this.tree.lastStreamNumber() + 1;
  }

  /** Undefined where nothing was ever appended to the stream. */
  get(stream: string): StreamHead | undefined {
    const known = this.#heads.get(stream);
    if (known) return known;
    const number = this.tree.streamNumber(stream);
    if (number === undefined) return undefined;
    const revision = this.tree.lastRevision(number);
    const head: StreamHead = { number, name: stream, revision, isStored: true, pending: [] };
    this.#heads.set(stream, head);
    return head;
  }

  /** Without a look into the tree. */
  inMemory(stream: string): StreamHead | undefined {
    return this.#heads.get(stream);
  }

  /** Of a stream that is new. Throws a TypeError on a name that no stream can have. */
  create(stream: string): StreamHead {
    if (stream === '' || Buffer.byteLength(stream) > 512)
      throw new TypeError('a stream name has 1 to 512 bytes');
    return this.createAs(this.#nextNumber++, stream);
  }

  createAs(number: number, name: string): StreamHead {
    const head: StreamHead = { number, name, revision: -1, isStored: false, pending: [] };
    this.#heads.set(name, head);
    return head;
  }

  /** Undoes the last append of its stream, which was not written. */
  takeBack({ head, events }: Append): void {
    head.pending.pop();
    head.revision -= events.length;
    if (head.revision < 0) this.#heads.delete(head.name);
  }

  /** Keeps memory flat: of too many streams, the oldest that the tree has go. */
  trim(): void {
    if (this.#heads.size <= CACHED_STREAMS) return;
    for (const [stream, { pending }] of this.#heads) {
      if (this.#heads.size <= CACHED_STREAMS / 2) return;
      if (pending.length === 0) this.#heads.delete(stream);
    }
  }
}
