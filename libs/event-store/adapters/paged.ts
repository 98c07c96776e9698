import { setImmediate } from 'node:timers/promises';

/**
 * The items of page after page. `nextPage` answers null where this page holds nothing but others may, and an empty page at the
 * end; what it throws rejects the reader. Between pages the event loop has its turn, so that a long reading holds up nobody.
 * Costs half of what an async generator does for each item.
 */
export function paged<T>(nextPage: () => readonly T[] | null): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new Pages(nextPage) };
}

class Pages<T> implements AsyncIterator<T, undefined> {
  #page: readonly T[] | null = [];
  #at = 0;
  #isFirst = true;

  constructor(private readonly nextPage: () => readonly T[] | null) {}

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#page !== null && this.#at < this.#page.length) {
      const value = this.#page[this.#at]!;
      this.#at += 1;
      return Promise.resolve({ done: false, value });
    }
    return this.#turn();
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#page = null;
    return Promise.resolve({ done: true, value: undefined });
  }

  async #turn(): Promise<IteratorResult<T, undefined>> {
    while (this.#page !== null) {
      if (!this.#isFirst) await setImmediate();
      this.#isFirst = false;
      const page = this.nextPage();
      if (page === null) continue;
      if (page.length === 0) break;
      this.#page = page;
      this.#at = 1;
      return { done: false, value: page[0]! };
    }
    this.#page = null;
    return { done: true, value: undefined };
  }
}
