import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RecordedEvent } from '#libs/kernel';
import { verifyStream } from '../chain.js';
import { type EventStore, type SubscriptionItem } from '../port/event-store.js';
import { collect, headAfter, newEvents } from './events.js';

const positions = (events: readonly RecordedEvent[]) => events.map((e) => e.position);
const revisions = (events: readonly RecordedEvent[]) => events.map((e) => Number(e.revision));

/** The promises of `EventStore`, run by every adapter. `name` says what answers; `factory` opens an empty store. */
export function eventStoreContract(name: string, factory: () => Promise<EventStore>): void {
  describe(`event store: ${name}`, () => {
    let store: EventStore;
    let streams = 0;
    const fresh = () => `stream-${(streams += 1)}`;
    beforeEach(async () => {
      store = await factory();
    });
    afterEach(() => store.close());

    it('gives back what was appended, as it was', async () => {
      const stream = fresh();
      const data = {
        text: 'ü 🚀 "quoted"',
        n: 1.5,
        big: 2 ** 53 - 1,
        nested: { list: [1, null, [true, {}]] },
        empty: '',
      };
      const events = newEvents(stream, 2, { data });
      const appended = await store.append(stream, events, { expected: 'absent' });
      expect(appended).toMatchObject({ revision: 1n, repeated: false });
      const recorded = await collect(store.readStream(stream));
      expect(recorded).toEqual(
        events.map((event, i) => ({
          ...event,
          stream,
          revision: BigInt(i),
          position: recorded[i]!.position,
          recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        })),
      );
      expect(recorded[1]!.position).toBe(appended.position);
      expect(verifyStream(recorded)).toBeNull();
      if (appended.events) expect(appended.events).toEqual(recorded);
    });

    it('normalises data to what JSON can say, and keeps what the caller changes later out of it', async () => {
      const stream = fresh();
      const data: Record<string, unknown> = { at: new Date(0), gone: undefined, list: [undefined], n: 1 };
      const mine = { n: 1 };
      await store.append(stream, newEvents(stream, 1, { data: JSON.parse(JSON.stringify(data)) }), {
        expected: 'absent',
      });
      const [event] = newEvents(stream, 1);
      const pending = store.append(fresh(), [{ ...event!, data }], { expected: 'absent' });
      const other = fresh();
      const changed = store.append(other, [{ ...event!, data: mine }], { expected: 'absent' });
      await Promise.all([pending, changed]);
      mine.n = 2;
      const [first] = await collect(store.readStream(stream));
      expect(first!.data).toEqual({ at: '1970-01-01T00:00:00.000Z', list: [null], n: 1 });
      expect((await collect(store.readStream(other)))[0]!.data).toEqual({ n: 1 });
    });

    it.each([
      { state: 'absent', wrong: ['exists', 5n] },
      { state: 'there', wrong: ['absent', 0n, 5n] },
    ] as const)(
      'refuses a wrong expectation and writes nothing (stream $state)',
      async ({ state, wrong }) => {
        const stream = fresh();
        if (state === 'there') await store.append(stream, newEvents(stream, 2), { expected: 'absent' });
        const before = await collect(store.readStream(stream));
        const head = await store.head();
        for (const expected of wrong) {
          await expect(store.append(stream, newEvents(stream, 2), { expected })).rejects.toMatchObject({
            name: 'WrongExpectedRevision',
            actual: state === 'there' ? 1n : null,
          });
        }
        expect(await collect(store.readStream(stream))).toEqual(before);
        expect(await store.head()).toBe(head);
      },
    );

    it('appends under any, exists and a revision', async () => {
      const stream = fresh();
      await store.append(stream, newEvents(stream, 1), { expected: 'any' });
      await store.append(stream, newEvents(stream, 1), { expected: 'exists' });
      await store.append(stream, newEvents(stream, 1), { expected: 1n });
      expect((await store.append(stream, newEvents(stream, 1), { expected: 'any' })).revision).toBe(3n);
    });

    it('answers a repeated append with the first result, and stores it once', async () => {
      const stream = fresh();
      const first = newEvents(stream, 2);
      const second = newEvents(stream, 3, { head: headAfter(first, 1n) });
      const results = await Promise.all([
        store.append(stream, first, { expected: 'absent' }),
        store.append(stream, first, { expected: 'absent' }),
        store.append(stream, second, { expected: 1n }),
        store.append(stream, second, { expected: 1n }),
      ]);
      expect(results.map((r) => r.repeated)).toEqual([false, true, false, true]);
      const again = await store.append(stream, first, { expected: 'absent' });
      expect(again).toMatchObject({ ...results[0], repeated: true });
      expect(results[3]).toMatchObject({ revision: results[2].revision, position: results[2].position });
      expect(await collect(store.readStream(stream))).toHaveLength(5);
      await expect(store.append(stream, newEvents(stream, 2), { expected: 'absent' })).rejects.toMatchObject({
        name: 'WrongExpectedRevision',
      });
    });

    it('lets one of many win a race, and the others write nothing', async () => {
      const stream = fresh();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, () => store.append(stream, newEvents(stream, 3), { expected: 'absent' })),
      );
      expect(outcomes.filter((o) => o.status === 'fulfilled')).toHaveLength(1);
      expect(await collect(store.readStream(stream))).toHaveLength(3);
    });

    it('keeps the events of one append together and positions rising, under concurrent appends', async () => {
      const before = await store.head();
      await Promise.all(
        Array.from({ length: 30 }, async (_, k) => {
          const stream = `${name}-concurrent-${k}`;
          for (let i = 0; i < 5; i += 1) {
            await store.append(stream, newEvents(stream, 3), {
              expected: i === 0 ? 'absent' : BigInt(i * 3 - 1),
            });
          }
        }),
      );
      const events = await collect(store.readAll(before === null ? {} : { after: before }));
      expect(events).toHaveLength(450);
      for (let i = 1; i < events.length; i += 1) {
        expect(events[i]!.position > events[i - 1]!.position).toBe(true);
        if (events[i]!.revision % 3n > 0n) expect(events[i]!.stream).toBe(events[i - 1]!.stream);
      }
    });

    it('refuses an append of more than 1 MiB whole, and takes one below it', async () => {
      const stream = fresh();
      const half = 'x'.repeat(520 * 1024);
      await expect(
        store.append(stream, newEvents(stream, 2, { data: { half } }), { expected: 'absent' }),
      ).rejects.toMatchObject({ name: 'AppendTooLarge', limit: 1024 * 1024 });
      expect(await collect(store.readStream(stream))).toEqual([]);
      await store.append(stream, newEvents(stream, 1, { data: { half } }), { expected: 'absent' });
      expect((await collect(store.readStream(stream)))[0]!.data).toEqual({ half });
    });

    it('refuses what JSON cannot say, and an empty append', async () => {
      const stream = fresh();
      const [event] = newEvents(stream, 1);
      for (const data of [{ n: NaN }, { n: 1n }, { f: () => 1 }, JSON.parse('{"__proto__":1}') as unknown]) {
        await expect(store.append(stream, [{ ...event!, data }], { expected: 'absent' })).rejects.toThrow(
          TypeError,
        );
      }
      await expect(store.append(stream, [], { expected: 'any' })).rejects.toThrow(TypeError);
      expect(await collect(store.readStream(stream))).toEqual([]);
    });

    it('reads a stream from anywhere, in both directions', async () => {
      const stream = fresh();
      for (let i = 0; i < 7; i += 1) {
        await store.append(stream, newEvents(stream, 100), {
          expected: i === 0 ? 'absent' : BigInt(i * 100 - 1),
        });
      }
      const read = async (options: Parameters<EventStore['readStream']>[1]) =>
        revisions(await collect(store.readStream(stream, options)));
      const all = Array.from({ length: 700 }, (_, i) => i);
      expect(await read({})).toEqual(all);
      expect(await read({ from: 650n })).toEqual(all.slice(650));
      expect(await read({ from: 3n, limit: 2 })).toEqual([3, 4]);
      expect(await read({ direction: 'backwards' })).toEqual([...all].reverse());
      expect(await read({ direction: 'backwards', from: 2n })).toEqual([2, 1, 0]);
      expect(await read({ direction: 'backwards', limit: 1 })).toEqual([699]);
      expect(await read({ from: 700n })).toEqual([]);
      expect(await read({ limit: 0 })).toEqual([]);
      expect(await collect(store.readStream(fresh()))).toEqual([]);
    });

    it('reads everything in one order, between positions, by type, in both directions', async () => {
      const before = await store.head();
      const stream = fresh();
      await store.append(stream, newEvents(stream, 3, { type: 'A' }), { expected: 'absent' });
      await store.append(stream, newEvents(stream, 3, { type: 'B' }), { expected: 2n });
      const after = before === null ? {} : { after: before };
      const all = positions(await collect(store.readAll(after)));
      expect(all).toHaveLength(6);
      const read = async (options: Parameters<EventStore['readAll']>[0]) =>
        positions(await collect(store.readAll(options)));
      expect(await read({ after: all[1]! })).toEqual(all.slice(2));
      expect(await read({ ...after, until: all[2]! })).toEqual(all.slice(0, 3));
      expect(await read({ ...after, types: ['B'] })).toEqual(all.slice(3));
      expect(await read({ ...after, types: ['B'], limit: 2 })).toEqual(all.slice(3, 5));
      expect(await read({ direction: 'backwards', limit: 6 })).toEqual([...all].reverse());
      expect(await read({ direction: 'backwards', after: all[4]!, until: all[2]! })).toEqual([
        all[3]!,
        all[2]!,
      ]);
      expect(await read({ after: all[5]! })).toEqual([]);
      expect(await store.head()).toBe(all[5]!);
    });

    it('catches up, says so, and goes on live without gap or repetition', async () => {
      const before = await store.head();
      const stream = fresh();
      await store.append(stream, newEvents(stream, 5), { expected: 'absent' });
      const stop = new AbortController();
      const seen: RecordedEvent[] = [];
      let caughtUpAfter = -1;
      let live!: () => void;
      const isLive = new Promise<void>((resolve) => (live = resolve));
      const reading = (async () => {
        for await (const item of store.subscribe({
          ...(before !== null && { after: before }),
          signal: stop.signal,
        })) {
          if (item.kind === 'event') seen.push(item.event);
          if (item.kind === 'caught-up') {
            caughtUpAfter = seen.length;
            live();
          }
          if (seen.length === 55) stop.abort();
        }
      })();
      await isLive;
      expect(caughtUpAfter).toBe(5);
      for (let i = 0; i < 10; i += 1) {
        await store.append(stream, newEvents(stream, 5), { expected: BigInt(4 + i * 5) });
      }
      await reading;
      expect(revisions(seen)).toEqual(Array.from({ length: 55 }, (_, i) => i));
    });

    it('marks what a filter passed over, so that a checkpoint may advance', async () => {
      const stream = fresh();
      await store.append(stream, newEvents(stream, 3, { type: 'Dull' }), { expected: 'absent' });
      await store.append(stream, newEvents(stream, 1, { type: 'Wanted' }), { expected: 2n });
      await store.append(stream, newEvents(stream, 2, { type: 'Dull' }), { expected: 3n });
      const head = (await store.head())!;
      const items: SubscriptionItem[] = [];
      for await (const item of store.subscribe({ types: ['Wanted'] })) {
        items.push(item);
        if (item.kind === 'caught-up') break;
      }
      expect(items.filter((i) => i.kind === 'event')).toHaveLength(1);
      const marks = items.flatMap((i) => (i.kind === 'event' ? [i.event.position] : [i.position]));
      expect([...marks].sort((a, b) => Number(a - b))).toEqual(marks);
      expect(marks[marks.length - 1]).toBe(head);
    });

    it('serves a slow subscriber at its own pace', async () => {
      const stream = fresh();
      await store.append(stream, newEvents(stream, 1), { expected: 'absent' });
      const items = store.subscribe({ types: ['Tested'] })[Symbol.asyncIterator]();
      await items.next();
      for (let i = 0; i < 20; i += 1) {
        await store.append(stream, newEvents(stream, 100), { expected: BigInt(i * 100) });
      }
      let last = 0n;
      while (last < 2000n) {
        const item = await items.next();
        if (item.done === true) throw new Error('the subscription ended');
        if (item.value.kind !== 'event') continue;
        expect(item.value.event.revision).toBe(last + 1n);
        last = item.value.event.revision;
      }
      await items.return?.();
    });

    it('ends subscriptions that are aborted, also ones that wait, and all when it closes', async () => {
      const stop = new AbortController();
      const waiting = store.subscribe({ signal: stop.signal })[Symbol.asyncIterator]();
      const closing = collect(store.subscribe());
      let first = await waiting.next();
      while (first.done !== true && first.value.kind !== 'caught-up') first = await waiting.next();
      expect(first.done).not.toBe(true);
      const next = waiting.next();
      stop.abort();
      expect((await next).done).toBe(true);
      await store.close();
      await closing;
      await expect(store.append('x', newEvents('x', 1), { expected: 'any' })).rejects.toMatchObject({
        name: 'StoreUnavailable',
      });
    });
  });
}
