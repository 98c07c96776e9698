import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { AggregateStore, type EventStore } from '#libs/event-store';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { openReadStore } from '../open-read-store.js';
import { type ReadStore } from '../port/read-store.js';
import { collectionOf } from '../projection-runner/index.js';
import { ModelCatalogue } from '../projection-runner/model-catalogue.js';
import { SagaRunner } from '../saga-runner/index.js';
import { orderRows, orders, shippingSaga, type OrderCommand, type OrderRow } from './order-fulfilment.js';
import { until } from './until.js';

const loader = new URL('../../../scripts/typescript.mjs', import.meta.url).href;
const program = fileURLToPath(new URL('./kill-runners.ts', import.meta.url));

async function runUntilKilled(folder: string, round: number, ms: number): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--conditions', 'cios-source', '--import', loader, program, folder, String(round)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  await sleep(ms);
  child.kill('SIGKILL');
  const [, signal] = (await ended) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error('the runners ended by themselves');
}

/** The rows must be what the log up to the checkpoint makes of them, exactly; answers the checkpoint. */
async function checkRows(eventStore: EventStore, readStore: ReadStore): Promise<bigint> {
  // While they are built, a checkpoint of the build's own covers the rows.
  const [entry] = await new ModelCatalogue(readStore).entries();
  const checkpoint = entry === undefined ? null : await readStore.checkpoint(entry.checkpoint);
  const position = checkpoint?.position ?? -1n;
  const expected = new Map<string, OrderRow>();
  if (position >= 0n)
    for await (const event of eventStore.readAll({ until: position }))
      for (const key of orderRows.keys(event as never))
        expected.set(key, orderRows.apply(expected.get(key) ?? null, event as never, key)!);
  const collection = collectionOf(orderRows);
  const { rows } = await readStore.list<OrderRow>(collection, { limit: 1_000_000 });
  expect(new Map(rows.map(({ key, row }) => [key, row]))).toEqual(expected);
  const indexed = await readStore.list<OrderRow>(collection, { index: 'byOpen', limit: 1_000_000 });
  const open = indexed.rows.map(({ row }) => row.open);
  expect(open).toEqual([...expected.values()].map((row) => row.open).sort((a, b) => a - b));
  return position;
}

it('has rows that fit their checkpoint after each of six kills, and ships everything once in the end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cios-kill-'));
  try {
    let reached = -1n;
    for (let round = 0; round < 6; round++) {
      await runUntilKilled(folder, round, 150 + ((round * 97) % 400));
      const eventStore = await openEmbeddedEventStore({ folder: join(folder, 'events') });
      const readStore = await openReadStore(`embedded:${folder}`);
      const position = await checkRows(eventStore, readStore);
      expect(position).toBeGreaterThanOrEqual(reached);
      reached = position;
      await readStore.close();
      await eventStore.close();
    }
    expect(reached).toBeGreaterThan(100n);

    const eventStore = await openEmbeddedEventStore({ folder: join(folder, 'events') });
    const readStore = await openReadStore(`embedded:${folder}`);
    const aggregates = new AggregateStore(eventStore);
    const abort = new AbortController();
    const runner = new SagaRunner({
      eventStore,
      readStore,
      sagas: [
        {
          saga: shippingSaga,
          actor: 'shipping',
          dispatch: async (command: OrderCommand, context) => {
            await aggregates.execute(orders, command.order, command, context);
          },
        },
      ],
    });
    const done = runner.run(abort.signal);
    const count = async () => {
      const times = new Map<string, { ordered: number; shipped: number }>();
      for await (const { type, data } of eventStore.readAll()) {
        const { item } = data as { readonly item: string };
        const own = times.get(item) ?? { ordered: 0, shipped: 0 };
        if (type === 'Ordered') own.ordered++;
        else own.shipped++;
        times.set(item, own);
      }
      return [...times.values()];
    };
    await until('everything is shipped', async () => (await count()).every((c) => c.shipped >= 1), 20_000);
    abort.abort();
    await done;
    expect((await count()).filter((c) => c.ordered !== 1 || c.shipped !== 1)).toEqual([]);
    await readStore.close();
    await eventStore.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
