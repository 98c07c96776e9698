import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { type DomainEvent, type Projection } from '#libs/kernel';
import { MemoryReadStore } from '../adapters/memory/index.js';
import { append } from '../testing/append.js';
import { until } from '../testing/until.js';
import { type AnyProjection } from './any-projection.js';
import { collectionOf } from './collection-of.js';
import { parkedEvents, requestRetry } from './parked-events.js';
import { ProjectionRunner, type ProjectionRunnerOptions } from './projection-runner.js';
import { ReadModels } from './read-models.js';
import { StoredPositions } from './stored-positions.js';

interface Counter {
  readonly name: string;
  readonly count: number;
}
type Counted = DomainEvent<'Counted', { readonly name: string; readonly by: number }>;

const counted = (name: string, by = 1): Counted => ({ type: 'Counted', data: { name, by } });

function counters(
  version = 1,
  more: Partial<Projection<Counter, Counted>> = {},
): Projection<Counter, Counted> {
  return {
    name: 'counters',
    version,
    types: ['Counted'],
    indexes: { byCount: ['count'] },
    keys: (event) => [event.data.name],
    apply: (row, { data }) =>
      data.by === 0 ? null : { name: data.name, count: (row?.count ?? 0) + data.by * version },
    ...more,
  };
}

describe('the projection runner', () => {
  let eventStore: MemoryEventStore;
  let readStore: MemoryReadStore;
  let positions: StoredPositions;
  let running: { stop: () => Promise<void> }[];

  beforeEach(() => {
    eventStore = new MemoryEventStore();
    readStore = new MemoryReadStore();
    positions = new StoredPositions(readStore);
    running = [];
  });
  afterEach(async () => {
    for (const { stop } of running) await stop();
    await eventStore.close();
  });

  function start(projections: readonly AnyProjection[], more: Partial<ProjectionRunnerOptions> = {}) {
    const runner = new ProjectionRunner({
      eventStore,
      readStore,
      projections,
      positions,
      onError: () => undefined,
      ...more,
    });
    const abort = new AbortController();
    const done = runner.run(abort.signal);
    const stop = async () => {
      abort.abort();
      await done;
    };
    running.push({ stop });
    return Object.assign(runner, { stop });
  }
  const countOf = async (name: string, projection = counters()) => {
    const collection = await new ReadModels(readStore).collection(projection);
    return (await readStore.get<Counter>(collection, name))?.row.count;
  };

  it('keeps rows with the position that they reflect, and lets queries wait for a position', async () => {
    start([counters()]);
    await append(eventStore, 's', counted('a'), counted('b', 5));
    const position = await append(eventStore, 's', counted('a', 2));
    expect(await positions.waitFor(['counters'], position)).toBe(true);
    expect(await readStore.get(collectionOf(counters()), 'a')).toEqual({
      key: 'a',
      position,
      row: { name: 'a', count: 3 },
    });
    await append(eventStore, 's', { type: 'Unrelated', data: {} });
    const last = await append(eventStore, 's', counted('a', 0));
    expect(await positions.waitFor(['counters'], last)).toBe(true);
    expect(await readStore.get(collectionOf(counters()), 'a')).toBeNull();
  });

  it('reaches positions of events that no projection reads, and says which it has not reached', async () => {
    start([counters()]);
    const position = await append(eventStore, 's', { type: 'Unrelated', data: {} });
    expect(await positions.waitFor(['counters'], position)).toBe(true);
    expect(await positions.waitFor(['counters'], position + 1n, 20)).toBe(false);
    expect(await positions.waitFor(['counters', 'unknown'], position, 20)).toBe(false);
    expect(await positions.reached()).toEqual(new Map([['counters', position]]));
  });

  it('is found by waiters in another process, which poll', async () => {
    start([counters()]);
    const elsewhere = new StoredPositions(readStore);
    const waiting = elsewhere.waitFor(['counters'], 0n);
    await append(eventStore, 's', counted('a'));
    expect(await waiting).toBe(true);
  });

  it('makes an edit visible within a few milliseconds', async () => {
    const runner = start([counters()]);
    await until('it runs', () => runner.status().caughtUp);
    const took: number[] = [];
    for (let i = 0; i < 50; i++) {
      const began = performance.now();
      const position = await append(eventStore, 's', counted('a'));
      await positions.waitFor(['counters'], position);
      took.push(performance.now() - began);
    }
    expect(took.sort((a, b) => a - b)[25]).toBeLessThan(10);
  });

  it('goes on where it stopped, and applies nothing twice', async () => {
    const first = start([counters()]);
    await positions.waitFor(['counters'], await append(eventStore, 's', counted('a'), counted('a')));
    await first.stop();
    expect(first.status().state).toBe('stopped');
    const position = await append(eventStore, 's', counted('a'));
    start([counters()]);
    expect(await positions.waitFor(['counters'], position)).toBe(true);
    expect(await countOf('a')).toBe(3);
  });

  it('upcasts old types before a projection sees them', async () => {
    const newer: AnyProjection = {
      name: 'names',
      version: 1,
      types: ['Named.2'],
      keys: () => ['all'],
      apply: (row: { names: string[] } | null, event) => ({
        names: [...(row?.names ?? []), (event.data as { title: string }).title],
      }),
    };
    start([newer], {
      upcast: (event) =>
        event.type === 'Named'
          ? { ...event, type: 'Named.2', data: { title: (event.data as { name: string }).name } }
          : event,
    });
    const position = await append(
      eventStore,
      's',
      { type: 'Named', data: { name: 'old' } },
      { type: 'Named.2', data: { title: 'new' } },
    );
    await positions.waitFor(['names'], position);
    expect((await readStore.get(collectionOf(newer), 'all'))?.row).toEqual({ names: ['old', 'new'] });
  });

  it('builds a new version beside the old one, which queries read until the new one has caught up', async () => {
    const first = start([counters(1)]);
    for (let i = 0; i < 30; i++) await append(eventStore, `s${i}`, counted('a'), counted(`k${i}`));
    await positions.waitFor(['counters'], 59n);
    await first.stop();

    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const commit = readStore.commit.bind(readStore);
    readStore.commit = async (batch) => {
      if (batch.checkpoint?.name.includes('/build/') === true) await gate;
      return commit(batch);
    };
    const runner = start([counters(1), counters(2)], { pageSize: 10 });
    await until('the build has begun', () => runner.status().builds.length === 1);
    const position = await append(eventStore, 's', counted('a'));
    await positions.waitFor(['counters'], position);
    expect(await countOf('a', counters(2))).toBe(31);
    release();
    await until('the build is complete', () => runner.status().builds.length === 0);
    await new Promise((resolve) => setTimeout(resolve, 260));
    expect(await countOf('a', counters(2))).toBe(62);
    expect(await countOf('a', counters(1))).toBe(31);
    const last = await append(eventStore, 's', counted('a'));
    await positions.waitFor(['counters'], last);
    expect(await countOf('a', counters(2))).toBe(64);
    expect(await countOf('a', counters(1))).toBe(32);
    await runner.stop();

    // v1 is listed no more: dropped, because v2 is complete
    await start([counters(2)]).stop();
    expect((await readStore.list(collectionOf(counters(1)))).rows).toEqual([]);
    expect(await countOf('a', counters(2))).toBe(64);
  });

  it('resumes a build that was cut off', async () => {
    for (let i = 0; i < 40; i++) await append(eventStore, 's', counted('a'));
    let applied = 0;
    const watched = counters(1, {
      apply: (row, { data }) => {
        applied++;
        return { name: data.name, count: (row?.count ?? 0) + data.by };
      },
    });
    const first = start([watched], { pageSize: 10 });
    const commit = readStore.commit.bind(readStore);
    let commits = 0;
    readStore.commit = async (batch) => {
      if (++commits === 3) void first.stop();
      return commit(batch);
    };
    await until('it is stopped', () => first.status().state === 'stopped');
    expect(applied).toBeLessThan(40);
    start([watched]);
    await positions.waitFor(['counters'], 39n);
    expect(await countOf('a')).toBe(40);
    expect(applied).toBe(40);
  });

  describe('when an event cannot be applied', () => {
    let broken: boolean;
    const fragile = (version = 1) =>
      counters(version, {
        apply: (row, { data }) => {
          if (broken && data.by === 13) throw new Error('thirteen');
          return { name: data.name, count: (row?.count ?? 0) * 10 + data.by };
        },
      });
    beforeEach(() => {
      broken = true;
    });

    it('parks it, live, with what follows for that row, goes on, and applies all in order on a retry', async () => {
      const runner = start([fragile()]);
      await until('it runs', () => runner.status().caughtUp);
      await append(eventStore, 's', counted('a', 1), counted('a', 13), counted('b', 2));
      const position = await append(eventStore, 's', counted('a', 3));
      expect(await positions.waitFor(['counters'], position)).toBe(true);
      expect(await countOf('a')).toBe(1);
      expect(await countOf('b')).toBe(2);
      const parked = await parkedEvents(readStore);
      expect(
        parked.map(({ key, error, behind, event }) => ({ key, error, behind, position: event.position })),
      ).toEqual([
        { key: 'a', error: 'thirteen', behind: false, position: '1' },
        { key: 'a', error: 'an earlier event of this row is parked', behind: true, position: '3' },
      ]);
      expect(runner.status()).toMatchObject({ state: 'running', parked: 2 });

      await runner.retry(parked[0]!.id);
      await until('the retry failed', async () =>
        (await parkedEvents(readStore)).every((p) => !p.retryAsked),
      );
      expect(await countOf('a')).toBe(1);

      // the parked events are known again after a restart
      await runner.stop();
      broken = false;
      const second = start([fragile()]);
      await append(eventStore, 's', counted('a', 4));
      await until('it parks behind', () => second.status().parked === 3);
      expect(await requestRetry(readStore, parked[1]!.id)).toBe(true);
      await until('all is applied', async () => (await countOf('a')) === ((1 * 10 + 13) * 10 + 3) * 10 + 4);
      expect(await parkedEvents(readStore)).toEqual([]);
      const last = await append(eventStore, 's', counted('a', 5));
      await positions.waitFor(['counters'], last);
      expect((await readStore.get(collectionOf(fragile()), 'a'))?.position).toBe(last);
    });

    it('parks what makes a row that no store takes, and goes on with the others', async () => {
      const large = counters(1, {
        apply: (row, { data }) => ({
          name: data.by === 13 ? 'x'.repeat(16 * 2 ** 20) : data.name,
          count: (row?.count ?? 0) + data.by,
        }),
      });
      start([large]);
      const before = await append(eventStore, 's', counted('a'), counted('b'));
      expect(await positions.waitFor(['counters'], before)).toBe(true);
      const position = await append(eventStore, 's', counted('a', 13), counted('b', 2), counted('a', 4));
      expect(await positions.waitFor(['counters'], position)).toBe(true);
      const found = await readStore.getMany<Counter>(collectionOf(large), ['a', 'b']);
      expect(found.map((row) => row?.row.count)).toEqual([1, 3]);
      const parked = await parkedEvents(readStore);
      expect(parked.map(({ key, behind }) => [key, behind])).toEqual([
        ['a', false],
        ['a', true],
      ]);
      expect(parked[0]!.error).toMatch(/counters@1 cannot store row a: \d+ bytes of JSON exceed/);
    });

    it('stops the build of that projection alone', async () => {
      await append(eventStore, 's', counted('a', 1), counted('a', 13));
      const sound: AnyProjection = { ...counters(), name: 'sound' };
      const runner = start([fragile(), sound]);
      const position = await append(eventStore, 's', counted('a', 1));
      expect(await positions.waitFor(['sound'], position)).toBe(true);
      expect(runner.status().builds).toMatchObject([
        { projection: 'counters', state: 'stopped', error: 'Counted at 1, row a: thirteen' },
      ]);
      expect((await positions.reached()).get('counters')).toBeNull();
      await runner.stop();
      broken = false;
      start([fragile(), sound]);
      expect(await positions.waitFor(['counters'], position)).toBe(true);
      expect(await countOf('a')).toBe((1 * 10 + 13) * 10 + 1);
    });

    it('refuses a retry of an event whose row has moved on', async () => {
      let lost = true;
      const keyless = counters(1, {
        keys: (event) => {
          if (lost && event.data.by === 13) throw new Error('which row?');
          return [event.data.name];
        },
      });
      const runner = start([keyless]);
      await until('it runs', () => runner.status().caughtUp);
      const position = await append(eventStore, 's', counted('a', 13), counted('a', 1));
      await positions.waitFor(['counters'], position);
      const [parked] = await parkedEvents(readStore);
      expect(parked).toMatchObject({ key: null, error: 'which row?' });
      lost = false;
      await runner.retry(parked!.id);
      await until('it was tried', async () => (await parkedEvents(readStore))[0]?.retryAsked === false);
      expect((await parkedEvents(readStore))[0]?.error).toMatch(/has moved on/);
      expect(await countOf('a')).toBe(1);
    });
  });

  it('lets one of two runners work; the other takes over when the first dies', async () => {
    const leaseTtlMs = 300;
    const first = start([counters()], { leaseTtlMs });
    await until('the first works', () => first.status().state === 'running');
    const second = start([counters()], { leaseTtlMs });
    await positions.waitFor(['counters'], await append(eventStore, 's', counted('a')));
    await new Promise((resolve) => setTimeout(resolve, 2 * leaseTtlMs));
    expect(second.status().state).toBe('waiting');
    expect(second.status().events).toBe(0);
    await first.stop();
    const position = await append(eventStore, 's', counted('a'));
    expect(await positions.waitFor(['counters'], position)).toBe(true);
    expect(second.status()).toMatchObject({ state: 'running', events: 1 });
    expect(await countOf('a')).toBe(2);
  });

  it('is fenced off where another has advanced the checkpoint, and says so', async () => {
    const runner = start([counters()]);
    await positions.waitFor(['counters'], await append(eventStore, 's', counted('a')));
    const stored = (await readStore.checkpoint('projections/main'))!;
    await readStore.commit({
      writes: [],
      checkpoint: { name: 'projections/main', position: stored.position!, expected: stored.version },
    });
    const states = new Set<string>();
    const watch = setInterval(() => states.add(runner.status().state), 1);
    const position = await append(eventStore, 's', counted('a'));
    expect(await positions.waitFor(['counters'], position)).toBe(true);
    clearInterval(watch);
    expect(states).toContain('fenced');
    expect(await countOf('a')).toBe(2);
  });

  it('goes on by itself after the read store was away', async () => {
    const runner = start([counters()]);
    await until('it runs', () => runner.status().caughtUp);
    const commit = readStore.commit.bind(readStore);
    readStore.commit = async () => Promise.reject(new Error('the store is away'));
    const position = await append(eventStore, 's', counted('a'));
    await until('it says so', () => runner.status().error === 'the store is away');
    readStore.commit = commit;
    expect(await positions.waitFor(['counters'], position)).toBe(true);
    expect(await countOf('a')).toBe(1);
  });
});
