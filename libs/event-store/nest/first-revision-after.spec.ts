import { expect, it } from '@jest/globals';
import { MemoryEventStore } from '../adapters/memory/index.js';
import { collect, headAfter, newEvents } from '../testing/index.js';
import { firstRevisionAfter } from './first-revision-after.js';

it('finds where a stream goes on after any position', async () => {
  const store = new MemoryEventStore();
  let head;
  for (let n = 0; n < 5; n++) {
    const events = newEvents('a', 2, head && { head });
    const { revision } = await store.append('a', events, { expected: head ? head.revision : 'absent' });
    head = headAfter(events, revision);
    await store.append(`b-${n}`, newEvents(`b-${n}`, 1), { expected: 'absent' });
  }
  const stored = await collect(store.readStream('a'));
  const last = await store.head();
  for (let position = -1n; position <= last! + 1n; position++)
    expect(await firstRevisionAfter(store, 'a', position)).toBe(
      BigInt(stored.filter((event) => event.position <= position).length),
    );
  expect(await firstRevisionAfter(store, 'nobody', 3n)).toBe(0n);
});
