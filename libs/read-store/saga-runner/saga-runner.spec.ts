import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BlobStore } from '#libs/blob-store';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { refuse, Refused, type CommandContext, type DomainEvent, type Saga } from '#libs/kernel';
import { MemoryReadStore } from '../adapters/memory/index.js';
import { append } from '../testing/append.js';
import { until } from '../testing/until.js';
import { parkedCommands, requestCommandRetry } from './parked-commands.js';
import { SagaRunner, type SagaRegistration, type SagaRunnerOptions } from './saga-runner.js';

type OrderEvent =
  | DomainEvent<'Ordered', { readonly order: string; readonly item: string; readonly notBefore?: string }>
  | DomainEvent<'Noted', { readonly order: string }>
  | DomainEvent<'Described', { readonly order: string; readonly blob: string }>
  | DomainEvent<'PriceMoved', { readonly by: number }>
  | DomainEvent<'Shipped', { readonly order: string; readonly item: string }>;

interface OrderState {
  readonly order: string;
  open: Record<string, { cause: string; correlation: string; notBefore?: string }>;
  prices: number;
  text: string;
  seen: boolean;
}
interface Ship {
  readonly order: string;
  readonly item: string;
  readonly prices: number;
  readonly text: string;
}

const shipping: Saga<OrderState, OrderEvent, Ship> = {
  name: 'shipping',
  version: 1,
  types: ['Ordered', 'Noted', 'Described', 'PriceMoved', 'Shipped'],
  partitions: (event) => (event.type === 'PriceMoved' ? ['*'] : [(event.data as { order: string }).order]),
  initial: (order) => ({ order, open: {}, prices: 0, text: '', seen: false }),
  blobs: (event) => (event.type === 'Described' ? [(event.data as { blob: string }).blob] : []),
  evolve(state, event, blobs) {
    const { type, data } = event as unknown as OrderEvent;
    if (type === 'Ordered') {
      state.seen = true;
      state.open[data.item] = {
        cause: event.id,
        correlation: event.metadata.correlationId,
        ...(data.notBefore !== undefined && { notBefore: data.notBefore }),
      };
    } else if (type === 'Shipped')
      state.open = Object.fromEntries(Object.entries(state.open).filter(([item]) => item !== data.item));
    else if (type === 'PriceMoved') state.prices += data.by;
    else if (type === 'Described') state.text = blobs.get(data.blob) as string;
    return state;
  },
  *due(state) {
    for (const [item, { cause, correlation, notBefore }] of Object.entries(state.open))
      yield {
        key: item,
        command: { order: state.order, item, prices: state.prices, text: state.text },
        cause: { eventId: cause, correlationId: correlation },
        ...(notBefore !== undefined && { notBefore }),
      };
  },
  isOver: (state) => state.seen && Object.keys(state.open).length === 0,
  snapshot: (state) => state,
  restore: (snapshot) => snapshot as OrderState,
};

const ordered = (order: string, item: string, notBefore?: string): OrderEvent => ({
  type: 'Ordered',
  data: { order, item, ...(notBefore !== undefined && { notBefore }) },
});
const shipped = (order: string, item: string): OrderEvent => ({ type: 'Shipped', data: { order, item } });

describe('the saga runner', () => {
  let eventStore: MemoryEventStore;
  let readStore: MemoryReadStore;
  let running: (() => Promise<void>)[];
  let dispatched: { command: Ship; context: CommandContext }[];
  let outcome: (command: Ship) => Promise<void>;

  beforeEach(() => {
    eventStore = new MemoryEventStore();
    readStore = new MemoryReadStore();
    running = [];
    dispatched = [];
    outcome = async ({ order, item }) => {
      await append(eventStore, order, shipped(order, item));
    };
  });
  afterEach(async () => {
    for (const stop of running) await stop();
    await eventStore.close();
  });

  function start(registration: Partial<SagaRegistration> = {}, more: Partial<SagaRunnerOptions> = {}) {
    const runner = new SagaRunner({
      eventStore,
      readStore,
      onError: () => undefined,
      ...more,
      sagas: [
        {
          saga: shipping,
          actor: 'mfo',
          backoffMs: [5, 40],
          refusedPaceMs: 1,
          dispatch: async (command: Ship, context) => {
            dispatched.push({ command, context });
            await outcome(command);
          },
          ...registration,
        },
      ],
    });
    const abort = new AbortController();
    const done = runner.run(abort.signal);
    const stop = async () => {
      abort.abort();
      await done;
    };
    running.push(stop);
    return Object.assign(runner, { stop });
  }
  const items = () => dispatched.map(({ command }) => command.item);
  const live = (runner: SagaRunner) => until('it is live', () => runner.status()[0]?.state === 'running');

  it('dispatches what is due under a stable id, with cause, correlation and actor', async () => {
    const runner = start();
    await live(runner);
    await append(eventStore, 'o1', ordered('o1', 'a'), ordered('o1', 'b'));
    await until('both are dispatched', () => dispatched.length === 2);
    expect(dispatched[0]!.context).toMatchObject({ commandId: 'shipping/o1/a', actor: 'mfo' });
    expect(dispatched[0]!.context.correlationId).toMatch(/^correlation-/);
    expect(dispatched[0]!.context.causationId).toMatch(/^0000/);
    await until('the instance is over', () => runner.status()[0]?.instances === 0);
    await append(eventStore, 'o2', ordered('o2', 'c'));
    await until('the next one too', () => dispatched.length === 3);
    expect(items()).toEqual(['a', 'b', 'c']);
  });

  it('takes milliseconds from event to dispatch', async () => {
    const runner = start();
    await live(runner);
    const took: number[] = [];
    for (let i = 0; i < 40; i++) {
      const began = performance.now();
      await append(eventStore, 'o', ordered('o', `i${i}`));
      while (dispatched.length <= i) await new Promise((resolve) => setImmediate(resolve));
      took.push(performance.now() - began);
    }
    expect(took.sort((a, b) => a - b)[20]).toBeLessThan(10);
  });

  it('tells all instances that exist of an event for *', async () => {
    outcome = async () => Promise.reject(new Error('not now'));
    const runner = start({ backoffMs: [10_000, 10_000] });
    await live(runner);
    await append(eventStore, 'o1', ordered('o1', 'a'));
    await append(eventStore, 'o2', ordered('o2', 'b'));
    await append(eventStore, 'prices', { type: 'PriceMoved', data: { by: 7 } });
    await append(eventStore, 'o2', ordered('o2', 'c'));
    await until('all were tried', () => dispatched.length === 3);
    expect(dispatched[2]!.command).toMatchObject({ item: 'c', prices: 7 });
    expect(runner.status()[0]!.instances).toBe(2);
  });

  it('dispatches nothing before the head seen at takeover is reached', async () => {
    for (let i = 0; i < 2_500; i++) {
      await append(eventStore, 'o', ordered('o', `i${i}`));
      if (i !== 1_234) await append(eventStore, 'o', shipped('o', `i${i}`));
    }
    await live(start());
    await until('the open one is dispatched', () => dispatched.length > 0);
    await sleep(20);
    expect(items()).toEqual(['i1234']);
  });

  it('saves its states at a clean stop, and goes on from there', async () => {
    outcome = async () => Promise.reject(new Error('not now'));
    const first = start();
    await live(first);
    await append(eventStore, 'o1', ordered('o1', 'a'));
    await until('it was tried', () => dispatched.length > 0);
    await first.stop();
    expect((await readStore.get({ name: 'saga/shipping', version: 1, indexes: {} }, 'o1'))?.position).toBe(
      0n,
    );
    expect((await readStore.checkpoint('sagas/shipping@1'))?.position).toBe(0n);
    let read = 0;
    const subscribe = eventStore.subscribe.bind(eventStore);
    eventStore.subscribe = (options) => {
      read = Number(options?.after ?? -1n);
      return subscribe(options);
    };
    dispatched.length = 0;
    const second = start();
    await live(second);
    expect(read).toBe(0);
    await until('still due, dispatched again', () => dispatched.length > 0);
    expect(items()[0]).toBe('a');
  });

  it('loses nothing when it dies between save and dispatch, or before any save', async () => {
    // a runner that saves but whose dispatch never ends, as if killed there
    outcome = () => new Promise(() => undefined);
    const abandoned = start({}, { leaseTtlMs: 200, snapshotEvery: 1 });
    running.length = 0;
    await live(abandoned);
    await append(eventStore, 'o1', ordered('o1', 'a'));
    await until(
      'it was saved',
      async () => (await readStore.checkpoint('sagas/shipping@1'))?.position === 0n,
    );
    await append(eventStore, 'o2', ordered('o2', 'b'));
    await until('both are under way', () => dispatched.length === 2);
    // its lease can no longer be renewed
    const lease = (await readStore.getDocument('lease/sagas/shipping'))!;
    await readStore.putDocument(
      'lease/sagas/shipping',
      { ...(lease.value as object), owner: 'nobody' },
      lease.version,
    );
    dispatched.length = 0;
    outcome = async ({ order, item }) => {
      await append(eventStore, order, shipped(order, item));
    };
    const began = performance.now();
    const next = start({}, { leaseTtlMs: 200 });
    await until('both are dispatched again', () => dispatched.length === 2);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(dispatched.map(({ context }) => context.commandId).sort()).toEqual([
      'shipping/o1/a',
      'shipping/o2/b',
    ]);
    expect(next.status()[0]!.epoch).toBe(2);
  });

  it('stops dispatching when its lease is lost, and waits for it', async () => {
    const runner = start({}, { leaseTtlMs: 300 });
    await live(runner);
    const key = 'lease/sagas/shipping';
    const usurp = async () => {
      const lease = (await readStore.getDocument(key))!;
      await readStore.putDocument(key, { ...(lease.value as object), owner: 'another' }, lease.version);
    };
    await usurp();
    const renewing = setInterval(() => void usurp(), 50);
    try {
      await until('it knows', () => runner.status()[0]!.state === 'fenced');
      await append(eventStore, 'o1', ordered('o1', 'a'));
      await sleep(500);
      expect(dispatched).toEqual([]);
    } finally {
      clearInterval(renewing);
    }
    await until('it has it again', () => dispatched.length === 1);
  });

  it('never has one item under way twice, and dispatches again what stays due after its deadline', async () => {
    let underWay = 0;
    let most = 0;
    outcome = async () => {
      most = Math.max(most, ++underWay);
      await sleep(15);
      underWay--;
    };
    const runner = start({ deadlineMs: 1_000 });
    await live(runner);
    await append(eventStore, 'o1', ordered('o1', 'a'));
    for (let i = 0; i < 10; i++) {
      await append(eventStore, 'o1', { type: 'Noted', data: { order: 'o1' } });
      await sleep(2);
    }
    expect(dispatched).toHaveLength(1);
    await until('its deadline has passed', () => dispatched.length === 2);
    expect(most).toBe(1);
    await append(eventStore, 'o1', shipped('o1', 'a'));
    await until('it is over', () => runner.status()[0]!.instances === 0);
    const times = dispatched.length;
    await sleep(1_100);
    expect(dispatched).toHaveLength(times);
  });

  it('bounds how much is under way', async () => {
    let underWay = 0;
    let most = 0;
    outcome = async ({ order, item }) => {
      most = Math.max(most, ++underWay);
      await sleep(2);
      underWay--;
      await append(eventStore, order, shipped(order, item));
    };
    await live(start({ concurrency: 3 }));
    for (let i = 0; i < 20; i++) await append(eventStore, 'o', ordered('o', `i${i}`));
    await until('all are done', () => dispatched.length === 20);
    expect(most).toBe(3);
  });

  it('retries with backoff, and a refused command as soon as its state changes', async () => {
    let no = true;
    outcome = async ({ order, item }) => {
      if (no) throw new Refused(refuse('order/not-yet', 'not yet'));
      await append(eventStore, order, shipped(order, item));
    };
    const runner = start({ backoffMs: [60_000, 60_000] });
    await live(runner);
    await append(eventStore, 'o1', ordered('o1', 'a'));
    await until('it was refused', () => dispatched.length === 1);
    no = false;
    await sleep(5);
    await append(eventStore, 'o1', { type: 'Noted', data: { order: 'o1' } });
    await until('it was tried again', () => dispatched.length === 2);
    await until('it is over', () => runner.status()[0]!.instances === 0);

    let failures = 3;
    outcome = async ({ order, item }) => {
      if (failures-- > 0) throw new Error('network');
      await append(eventStore, order, shipped(order, item));
    };
    await runner.stop();
    dispatched.length = 0;
    const second = start();
    await live(second);
    await append(eventStore, 'o2', ordered('o2', 'b'));
    await until('the fourth attempt worked', () => dispatched.length === 4);
    await until('it is over', () => second.status()[0]!.instances === 0);
  });

  it('parks what keeps failing, shows it, and retries on request', async () => {
    let broken = true;
    outcome = async ({ order, item }) => {
      if (broken) throw new Error('disk on fire');
      await append(eventStore, order, shipped(order, item));
    };
    const runner = start({ attempts: 3 });
    await live(runner);
    await append(eventStore, 'o1', ordered('o1', 'a'));
    await until('it is parked', async () => (await parkedCommands(readStore)).length === 1);
    const [parked] = await parkedCommands(readStore, 'shipping');
    expect(parked).toMatchObject({
      saga: 'shipping',
      partition: 'o1',
      key: 'a',
      error: 'disk on fire',
      attempts: 3,
      refused: false,
      command: { order: 'o1', item: 'a' },
    });
    await until('nothing is under way', () => runner.status()[0]!.inFlight === 0);
    const times = dispatched.length;
    await sleep(80);
    expect(dispatched).toHaveLength(times);
    expect(runner.status()[0]!.parked).toBe(1);
    expect(await runner.retry(parked!.id)).toBe(true);
    await until(
      'one more attempt failed',
      () => dispatched.length === times + 1 && runner.status()[0]!.inFlight === 0,
    );
    broken = false;
    expect(await requestCommandRetry(readStore, parked!.id)).toBe(true);
    await until('it is done', () => runner.status()[0]!.instances === 0);
    await until('nothing is parked', async () => (await parkedCommands(readStore)).length === 0);
    expect(await requestCommandRetry(readStore, parked!.id)).toBe(false);
  });

  it('dispatches what was parked again after a restart', async () => {
    outcome = async () => Promise.reject(new Error('down'));
    const first = start({ attempts: 1 });
    await live(first);
    await append(eventStore, 'o1', ordered('o1', 'a'));
    await until('it is parked', () => first.status()[0]!.parked === 1);
    await first.stop();
    outcome = async ({ order, item }) => {
      await append(eventStore, order, shipped(order, item));
    };
    const second = start();
    await until(
      'it is done',
      async () => dispatched.length === 2 && (await parkedCommands(readStore)).length === 0,
    );
    await until('it is over', () => second.status()[0]!.instances === 0);
  });

  it('keeps to stored due times, also across a restart', async () => {
    const at = new Date(Date.now() + 150).toISOString();
    const first = start();
    await live(first);
    await append(eventStore, 'o1', ordered('o1', 'late', at), ordered('o1', 'now'));
    await until('the other is dispatched', () => dispatched.length === 1);
    await first.stop();
    const second = start();
    await live(second);
    expect(items()).toEqual(['now']);
    await until('its time has come', () => dispatched.length === 2);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(at));
    expect(items()).toEqual(['now', 'late']);
  });

  it('fetches blobs before an event, and stops visibly where one is missing', async () => {
    const blobs = new Map<string, unknown>();
    const blobStore = {
      getJson: async (digest: string) => {
        if (!blobs.has(digest)) throw new Error(`no blob ${digest}`);
        return blobs.get(digest);
      },
    } as unknown as BlobStore;
    const runner = start({}, { blobStore });
    await live(runner);
    await append(
      eventStore,
      'o1',
      { type: 'Described', data: { order: 'o1', blob: 'd1' } },
      ordered('o1', 'a'),
    );
    await until('it says so', () => runner.status()[0]?.error === 'no blob d1');
    expect(dispatched).toEqual([]);
    blobs.set('d1', 'a fine text');
    await until('it has gone on', () => dispatched.length === 1);
    expect(dispatched[0]!.command.text).toBe('a fine text');
  });

  it('lets one of two runners work, and shares partitions where there are several sets', async () => {
    const options = { leaseTtlMs: 300 };
    const first = start({ sets: 2 }, options);
    await until('it has both', () => first.status().every((host) => host.state === 'running'));
    const second = start({ sets: 2 }, options);
    for (let i = 0; i < 20; i++) await append(eventStore, `o${i}`, ordered(`o${i}`, 'a'));
    await until('all are dispatched', () => dispatched.length === 20);
    expect(second.status().map((host) => host.state)).toEqual(['waiting', 'waiting']);
    await first.stop();
    await append(eventStore, 'o1', ordered('o1', 'b'));
    await until('the second has taken over', () => dispatched.length === 21);
    await until('nothing is left', () => second.status().every((host) => host.instances === 0));
    expect(new Set(dispatched.map(({ context }) => context.commandId)).size).toBe(21);
  });

  it('starts a new version of a saga from the beginning of the log', async () => {
    outcome = async () => Promise.reject(new Error('not now'));
    const first = start();
    await live(first);
    await append(eventStore, 'o1', ordered('o1', 'a'));
    await until('tried', () => dispatched.length > 0);
    await first.stop();
    dispatched.length = 0;
    const second = start({ saga: { ...shipping, version: 2 } });
    await live(second);
    await until('tried again', () => dispatched.length > 0);
    expect(await readStore.get({ name: 'saga/shipping', version: 1, indexes: {} }, 'o1')).toBeNull();
  });
});
