import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from './adapters/memory/index.js';
import { chainEvents, EMPTY_CHAIN, verifyStream } from './chain.js';
import { collect } from './testing/events.js';
import { PeriodicSeals } from './periodic-seals.js';
import { type EventStore } from './port/event-store.js';
import { SEALS, SealsCheck, type Seal } from './seal.js';

const everyMs = 1_000;

describe('seals from time to time', () => {
  let now: number;
  let store: EventStore;
  beforeEach(() => {
    now = Date.parse('2026-01-01T00:00:00.000Z');
    store = new MemoryEventStore(() => new Date(now).toISOString());
  });
  const open = () =>
    new PeriodicSeals({ store, salt: () => 's', actor: 'mfo', everyMs, now: () => new Date(now) });
  const write = async (stream: string) => {
    const context = { commandId: stream, correlationId: stream, actor: 'ada', occurredAt: '' };
    const { events } = chainEvents(stream, EMPTY_CHAIN, [{ type: 'T', data: {} }], context, () => 's');
    await store.append(stream, events, { expected: 'absent' });
  };
  const log = async () => collect(store.readAll());
  const seals = async () => (await log()).filter((e) => e.stream === SEALS);

  it('come when the period is over since the first event and since each seal, if something was appended', async () => {
    const sealing = open();
    expect(await sealing.sealIfDue()).toBe(false);
    await write('one');
    expect(await sealing.sealIfDue()).toBe(false);
    now += everyMs;
    expect(await sealing.sealIfDue()).toBe(true);
    await write('two');
    expect(await sealing.sealIfDue()).toBe(false);
    now += everyMs;
    expect(await sealing.sealIfDue()).toBe(true);
    now += 10 * everyMs;
    expect(await sealing.sealIfDue()).toBe(false);

    const found = await seals();
    expect(found.map((e) => e.data)).toMatchObject([
      { count: 1, position: '0' },
      { count: 3, position: '2' },
    ]);
    expect(found[0]!.metadata.actor).toBe('mfo');
    expect(verifyStream(found)).toBeNull();
    const check = new SealsCheck(found.map((e) => e.data as Seal));
    for (const event of await log()) check.add(event);
    expect(check.finish()).toEqual([null, null]);
  });

  it('go on after a restart as if there had been none, and are written once where several run', async () => {
    await write('one');
    now += everyMs;
    const [a, b] = [open(), open()];
    expect(await a.sealIfDue()).toBe(true);
    expect(await b.sealIfDue()).toBe(false);
    await write('two');
    now += everyMs / 2;
    expect(await open().sealIfDue()).toBe(false);
    now += everyMs / 2;
    expect(await open().sealIfDue()).toBe(true);
    await write('three');
    now += everyMs;
    await Promise.all([a.sealIfDue(), b.sealIfDue()]);
    expect(await seals()).toHaveLength(3);
    await write('four');
    now += everyMs;
    const append = store.append.bind(store);
    store.append = async (...all) => {
      store.append = append;
      await write('five');
      await b.sealIfDue();
      return append(...all);
    };
    expect(await a.sealIfDue()).toBe(false);
    expect(await seals()).toHaveLength(4);
  });

  it('cover at the next time what came between the reading of the log and the seal', async () => {
    await write('one');
    now += everyMs;
    const append = store.append.bind(store);
    store.append = async (stream, ...rest) => {
      store.append = append;
      await write('between');
      return append(stream, ...rest);
    };
    const sealing = open();
    expect(await sealing.sealIfDue()).toBe(true);
    now += everyMs;
    expect(await sealing.sealIfDue()).toBe(true);
    expect((await seals()).at(-1)!.data).toMatchObject({ count: 3 });
  });

  it('tell a fault and go on', async () => {
    await write('one');
    now += everyMs;
    const faults: unknown[] = [];
    const stop = new AbortController();
    const append = store.append.bind(store);
    store.append = async () => {
      store.append = async (...all) => {
        stop.abort();
        return append(...all);
      };
      throw new Error('away');
    };
    const sealing = new PeriodicSeals({
      store,
      salt: () => 's',
      actor: 'mfo',
      everyMs: 1,
      now: () => new Date(now),
      onError: (error) => faults.push(error),
    });
    await sealing.run(stop.signal);
    expect(faults).toEqual([new Error('away')]);
    expect(await seals()).toHaveLength(1);
  });
});
