import { type RecordedEvent } from '#libs/kernel';
import { type Append } from './append.js';

/** Events, or bytes of records, from which on the older half goes. */
const HALF_EVENTS = 1024;
const HALF_BYTES = 4 * 1024 * 1024;

/** The newest durable events, decoded, for subscribers in this process. */
export class Tail {
  #older: RecordedEvent[] = [];
  #newer: RecordedEvent[] = [];
  #newerBytes = 0;

  add({ events, bytes }: Append): void {
    for (const event of events) this.#newer.push(event);
    this.#newerBytes += bytes;
    if (this.#newer.length < HALF_EVENTS && this.#newerBytes < HALF_BYTES) return;
    this.#older = this.#newer;
    this.#newer = [];
    this.#newerBytes = 0;
  }

  clear(): void {
    this.#older = [];
    this.#newer = [];
    this.#newerBytes = 0;
  }

  /** The events of `[from, to]`; null where the range begins before what is kept. */
  between(from: number, to: number): readonly RecordedEvent[] | null {
    const [oldest = this.#newer[0]] = this.#older;
    if (!oldest || from < Number(oldest.position)) return null;
    const start = from - Number(oldest.position);
    const end = start + to - from + 1;
    const { length } = this.#older;
    if (start >= length) return this.#newer.slice(start - length, end - length);
    return [...this.#older.slice(start, end), ...this.#newer.slice(0, Math.max(0, end - length))];
  }
}
