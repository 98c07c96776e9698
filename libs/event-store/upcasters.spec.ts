import { describe, expect, it } from '@jest/globals';
import { type RecordedEvent } from '#libs/kernel';
import { MemoryEventStore } from './adapters/memory/index.js';
import { AggregateStore } from './aggregate-store.js';
import { verifyStream } from './chain.js';
import { type Aggregate } from './port/aggregates.js';
import { collect, newEvents } from './testing/events.js';
import { Upcasters, type Upcaster } from './upcasters.js';

const size: Record<string, Upcaster> = {
  Sized: ({ data }) => ({ type: 'Sized.2', data: { bytes: (data as { readonly kib: number }).kib * 1024 } }),
};
const unit: Record<string, Upcaster> = {
  'Sized.2': ({ data }) => ({ type: 'Sized.3', data: { ...(data as object), unit: 'byte' } }),
};

async function stored(type: string, data: unknown): Promise<RecordedEvent> {
  const store = new MemoryEventStore();
  await store.append('s', newEvents('s', 1, { type, data }), { expected: 'absent' });
  return (await collect(store.readAll()))[0]!;
}

describe('upcasters', () => {
  it('lead an old event through every version to the newest, and leave all else of it', async () => {
    const event = await stored('Sized', { kib: 2 });
    const upcast = new Upcasters(size).with(unit).upcast(event);
    expect(upcast).toEqual({ ...event, type: 'Sized.3', data: { bytes: 2048, unit: 'byte' } });
    expect(event).toMatchObject({ type: 'Sized', data: { kib: 2 } });
    expect(verifyStream([event])).toBeNull();
  });

  it('return an event of the newest version as it is', async () => {
    const event = await stored('Sized.3', { bytes: 1, unit: 'byte' });
    expect(new Upcasters(size).with(unit).upcast(event)).toBe(event);
    expect(new Upcasters().upcast(event)).toBe(event);
  });

  it('refuse two for one type, and tell of a circle', async () => {
    expect(() => new Upcasters(size).with(size)).toThrow('two upcasters for Sized');
    const circle = new Upcasters({ ...size, 'Sized.2': ({ data }) => ({ type: 'Sized', data }) });
    const event = await stored('Sized', { kib: 2 });
    expect(() => circle.upcast(event)).toThrow('circle');
  });

  it('stand between the store and a fold: state and answers are of the newest version', async () => {
    const store = new MemoryEventStore();
    await store.append('s', newEvents('s', 2, { type: 'Sized', data: { kib: 3 } }), { expected: 'absent' });
    const sizes: Aggregate<
      null,
      number,
      { readonly type: string; readonly data: { readonly bytes: number } }
    > = {
      name: 'size',
      streamOf: (id) => id,
      decider: { initial: 0, decide: () => [], evolve: (sum, { data }) => sum + data.bytes },
    };
    const aggregates = new AggregateStore(store, { upcasters: new Upcasters(size).with(unit) });
    expect(await aggregates.load(sizes, 's')).toEqual({ state: 6144, revision: 1n });
  });
});
