import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import { type EventStore } from '../port/event-store.js';
import { newEvents } from './events.js';

const EVENTS = 50_000;
const PER_APPEND = 500;
/** Bytes. Held as they are delivered, the events would take more than twice as many: the test makes sure of it. */
const LIMIT = 16 * 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes on the heap and beside it that something still refers to. */
function bytesHeld(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * A subscriber that waits while 50,000 events are appended and delivered to another one costs no memory for them, and then
 * gets every one. `open` gives an empty store and one that appends to it, which may be the same.
 */
export function slowSubscriber(
  open: () => Promise<{ readonly store: EventStore; readonly writer: EventStore }>,
): void {
  it('keeps nothing for a subscriber that is slow', async () => {
    const { store, writer } = await open();
    await writer.append('slow', newEvents('slow', 1), { expected: 'absent' });
    const revisions = revisionsOf(store);
    expect((await revisions.next()).value).toBe(0);
    const before = bytesHeld();

    for (let last = 0; last < EVENTS; last += PER_APPEND)
      await writer.append('slow', newEvents('slow', PER_APPEND), { expected: BigInt(last) });
    for await (const revision of revisionsOf(store)) if (revision === EVENTS) break;
    expect(bytesHeld() - before).toBeLessThan(LIMIT);

    for (let due = 1; due <= EVENTS; due += 1) {
      const { value } = await revisions.next();
      if (value !== due) throw new Error(`revision ${due} was due, ${String(value)} came`);
    }
    await revisions.return(undefined);

    const held = [];
    for await (const event of writer.readStream('slow')) held.push(event);
    expect(bytesHeld() - before).toBeGreaterThan(2 * LIMIT);
    expect(held).toHaveLength(EVENTS + 1);
  }, 240_000);
}

async function* revisionsOf(store: EventStore): AsyncGenerator<number, undefined> {
  for await (const item of store.subscribe()) if (item.kind === 'event') yield Number(item.event.revision);
  return undefined;
}
