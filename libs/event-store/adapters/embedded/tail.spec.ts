import { describe, expect, it } from '@jest/globals';
import { type RecordedEvent } from '#libs/kernel';
import { deferred, type Append } from './append.js';
import { Tail } from './tail.js';

function appendAt(position: number, count: number, bytes: number): Append {
  const events = Array.from(
    { length: count },
    (_, i) => ({ position: BigInt(position + i) }) as unknown as RecordedEvent,
  );
  const head = { number: 0, name: 's', revision: position + count - 1, isStored: false, pending: [] };
  return { head, events, records: [], bytes, deadline: 0, answer: deferred(), outcome: null };
}

/** The first position that it still has. */
function oldestOf(tail: Tail, last: number): number {
  let at = last;
  while (at > 0 && tail.between(at - 1, last)) at -= 1;
  return at;
}

describe('Tail', () => {
  it('gives any range of the newest events, and null for one that begins before', () => {
    const tail = new Tail();
    expect(tail.between(0, 0)).toBeNull();
    let last = -1;
    for (let round = 0; round < 900; round += 1) {
      const count = 1 + (round % 7);
      tail.add(appendAt(last + 1, count, 100));
      last += count;
    }
    const oldest = oldestOf(tail, last);
    expect(last - oldest).toBeGreaterThanOrEqual(1023);
    expect(last - oldest).toBeLessThan(2 * 1031);
    for (const [from, to] of [
      [oldest, last],
      [oldest, oldest],
      [oldest + 500, last - 3],
      [last, last],
    ] as const)
      expect(tail.between(from, to)!.map(({ position }) => Number(position))).toEqual(
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
    expect(tail.between(oldest - 1, last)).toBeNull();
    tail.clear();
    expect(tail.between(last, last)).toBeNull();
  });

  it('keeps fewer of large events', () => {
    const tail = new Tail();
    for (let position = 0; position < 100; position += 1) tail.add(appendAt(position, 1, 1024 * 1024));
    expect(oldestOf(tail, 99)).toBeGreaterThanOrEqual(92);
  });
});
