import { beforeEach, describe, expect, it } from '@jest/globals';
import { refuse, Refused, type CommandContext, type Decider, type RecordedEvent } from '#libs/kernel';
import { MemoryEventStore } from './adapters/memory/index.js';
import { AggregateStore, EVENT_LIMIT } from './aggregate-store.js';
import { chainEvents, EMPTY_CHAIN, verifyStream } from './chain.js';
import { type Aggregate } from './port/aggregates.js';
import { StoreUnavailable, type EventStore } from './port/event-store.js';
import { Upcasters } from './upcasters.js';

type Counted = { readonly type: 'Counted'; readonly data: { readonly by: number; readonly note?: string } };
type Count = { readonly by: number; readonly limit?: number; readonly note?: string };

const decider: Decider<Count, number, Counted> = {
  initial: 0,
  decide: ({ by, limit = Infinity, note }, state) => {
    if (by === 0) return [];
    if (state + by > limit) return refuse('counter/limit', `${state} + ${by} exceeds ${limit}`);
    return [{ type: 'Counted', data: note === undefined ? { by } : { by, note } }];
  },
  evolve: (state, event) => state + event.data.by,
};
const counter: Aggregate<Count, number, Counted> = {
  name: 'counter',
  decider,
  streamOf: (id) => `counter-${id}`,
};

const context = (commandId: string, bodyDigest?: string): CommandContext => ({
  commandId,
  actor: 'someone',
  occurredAt: '2026-01-01T00:00:00.000Z',
  correlationId: 'c',
  ...(bodyDigest !== undefined && { bodyDigest }),
});

const all = async (events: AsyncIterable<RecordedEvent>) => {
  const list: RecordedEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
};

const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => 'accepted',
    (error: unknown) => {
      if (error instanceof Refused) return error.refusal.code;
      throw error;
    },
  );

/** The memory store as one that others write to as well: every append is awaited before the next. */
class SharedStore extends MemoryEventStore {
  override get exclusive(): boolean {
    return false;
  }
}

for (const [name, Store] of [
  ['exclusive', MemoryEventStore],
  ['shared', SharedStore],
] as const) {
  describe(`commands on an ${name} store`, () => {
    let store: EventStore;
    let aggregates: AggregateStore;
    beforeEach(() => {
      store = new Store();
      aggregates = new AggregateStore(store);
    });

    it('decides, chains and appends in the order of the calls', async () => {
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          aggregates.execute(counter, 'a', { by: i + 1 }, context(`k${i}`)),
        ),
      );
      expect(results.map((r) => r.revision)).toEqual(Array.from({ length: 200 }, (_, i) => BigInt(i)));
      expect(results[7]!.events.map((e) => e.data)).toEqual([{ by: 8 }]);
      const events = await all(store.readStream('counter-a'));
      expect(events.map((e) => (e.data as { by: number }).by)).toEqual(
        Array.from({ length: 200 }, (_, i) => i + 1),
      );
      expect(verifyStream(events)).toBeNull();
      expect(await aggregates.load(counter, 'a')).toEqual({ state: 20100, revision: 199n });
    });

    it('answers a known command with its first result, before the revision is looked at', async () => {
      const first = await aggregates.execute(counter, 'a', { by: 5 }, context('k', 'd1'), {
        ifRevision: -1n,
      });
      await aggregates.execute(counter, 'a', { by: 1 }, context('other'));
      const again = await aggregates.execute(counter, 'a', { by: 5 }, context('k', 'd1'), {
        ifRevision: -1n,
      });
      expect(again).toEqual({ ...first, repeated: true });
      const restarted = new AggregateStore(store);
      expect(await restarted.execute(counter, 'a', { by: 5 }, context('k', 'd1'))).toEqual({
        ...first,
        repeated: true,
      });
      expect(await codeOf(restarted.execute(counter, 'a', { by: 6 }, context('k', 'd2')))).toBe(
        'command/key-reused',
      );
      expect((await restarted.load(counter, 'a')).state).toBe(6);
    });

    it('carries out a command that is sent twice at once only once', async () => {
      const [one, two] = await Promise.all([
        aggregates.execute(counter, 'a', { by: 5 }, context('k')),
        aggregates.execute(counter, 'a', { by: 5 }, context('k')),
      ]);
      expect([one.repeated, two.repeated]).toEqual([false, true]);
      expect(two.events).toEqual(one.events);
      expect((await aggregates.load(counter, 'a')).state).toBe(5);
    });

    it('refuses another revision than the current one, and says which that is', async () => {
      await aggregates.execute(counter, 'a', { by: 5 }, context('k'));
      const run = aggregates.execute(counter, 'a', { by: 5 }, context('l'), { ifRevision: 7n });
      await expect(run).rejects.toMatchObject({
        refusal: { code: 'command/revision-mismatch', details: { revision: '0', expected: '7' } },
      });
    });

    it('writes nothing where the outcome holds or the decider refuses', async () => {
      expect(await aggregates.execute(counter, 'a', { by: 0 }, context('k'))).toEqual({
        revision: -1n,
        position: -1n,
        events: [],
        repeated: false,
      });
      expect(await codeOf(aggregates.execute(counter, 'a', { by: 2, limit: 1 }, context('l')))).toBe(
        'counter/limit',
      );
      expect(await store.head()).toBeNull();
    });

    it('refuses an event of more than 64 KiB whole', async () => {
      const note = 'x'.repeat(EVENT_LIMIT);
      expect(await codeOf(aggregates.execute(counter, 'a', { by: 1, note }, context('k')))).toBe(
        'event/too-large',
      );
      expect((await aggregates.load(counter, 'a')).state).toBe(0);
    });

    it('forgets the least recently used streams and loads them again', async () => {
      aggregates = new AggregateStore(store, { cachedStreams: 2 });
      for (let i = 0; i < 10; i += 1) await aggregates.execute(counter, `s${i}`, { by: i }, context('k'));
      for (let i = 0; i < 10; i += 1) expect((await aggregates.load(counter, `s${i}`)).state).toBe(i);
    });

    it('folds old event types through their upcasters', async () => {
      const old = chainEvents(
        'counter-a',
        EMPTY_CHAIN,
        [{ type: 'Incremented', data: 3 }],
        context('k'),
        () => 's',
      );
      await store.append('counter-a', old.events, { expected: 'absent' });
      const upcasters = new Upcasters({
        Incremented: (e) => ({ type: 'Counted', data: { by: e.data as number } }),
      });
      expect((await new AggregateStore(store, { upcasters }).load(counter, 'a')).state).toBe(3);
    });
  });
}

it('decides again after a lost race against another writer', async () => {
  const store = new SharedStore();
  const writers = Array.from({ length: 4 }, () => new AggregateStore(store, { attempts: 200 }));
  const runs = Array.from({ length: 80 }, (_, i) =>
    writers[i % 4]!.execute(counter, 'a', { by: 1, limit: 60 }, context(`k${i}`)),
  );
  const codes = await Promise.all(runs.map(codeOf));
  expect(codes.filter((c) => c === 'accepted')).toHaveLength(60);
  expect(codes.filter((c) => c === 'counter/limit')).toHaveLength(20);
  const events = await all(store.readStream('counter-a'));
  expect(verifyStream(events)).toBeNull();
});

it('acknowledges nothing that rests upon a failed append, and goes on afterwards', async () => {
  let failing = 0;
  class FailingStore extends MemoryEventStore {
    override async append(...[stream, events, options]: Parameters<MemoryEventStore['append']>) {
      if (failing > 0) {
        failing -= 1;
        await Promise.resolve();
        throw new StoreUnavailable('the disk is full');
      }
      return super.append(stream, events, options);
    }
  }
  const store = new FailingStore();
  const aggregates = new AggregateStore(store);
  await aggregates.execute(counter, 'a', { by: 1 }, context('k0'));
  failing = 1;
  const settled = await Promise.allSettled([
    aggregates.execute(counter, 'a', { by: 10 }, context('k1')),
    aggregates.execute(counter, 'a', { by: 100 }, context('k2')),
    aggregates.execute(counter, 'a', { by: 0 }, context('k3')),
    aggregates.execute(counter, 'a', { by: 1, limit: 105 }, context('k4')),
  ]);
  // The fourth is over the limit only while the first counts.
  expect(settled.map((s) => s.status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  expect(await aggregates.load(counter, 'a')).toEqual({ state: 102, revision: 2n });
  expect(verifyStream(await all(store.readStream('counter-a')))).toBeNull();
});
