import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AggregateStore, chainEvents, EMPTY_CHAIN } from '#libs/event-store';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { BareFile } from '../support/bare-file.mjs';
import { openEmmettStore } from '../support/emmett-store.mjs';
import { median, quantile, sampleContext, sampleEvent, withFolder } from '../support/sample-events.mjs';

const ROUNDS = 3;
let n = 0;
const salt = () => `salt-${n}-0123456789abcdef0123`;

/** Durable before acknowledged, hash chains included, against a bare file with group commit and fdatasync: the same events with
 * ids and metadata but without hashes, then with them, which tells the store from the chains; then against emmett-sqlite on one connection, without hashes too. */
export async function run(report) {
  await withFolder(async (folder) => {
    const bare = await BareFile.open(join(folder, 'bare.jsonl'));
    const store = await openEmbeddedEventStore({ folder: join(folder, 'events') });
    const heads = new Map();
    const fileHeads = new Map();
    const toFile = {
      one: async (stream, count) => {
        const events = sample(count).map((event) => ({
          id: randomUUID(),
          ...event,
          metadata: sampleContext((n += 1)),
        }));
        fileHeads.set(stream, await bare.append(stream, events, fileHeads.get(stream) ?? -1));
      },
    };
    const chained = (stream, count) => {
      const head = heads.get(stream) ?? EMPTY_CHAIN;
      const linked = chainEvents(stream, head, sample(count), sampleContext((n += 1)), salt);
      heads.set(stream, linked.head);
      return { events: linked.events, revision: head.revision };
    };
    const toStore = {
      one: async (stream, count) => {
        const { events, revision } = chained(stream, count);
        await store.append(stream, events, { expected: revision < 0n ? 'absent' : revision });
      },
    };
    const toChainedFile = {
      one: async (stream, count) => {
        const { events, revision } = chained(stream, count);
        await bare.append(stream, events, Number(revision));
      },
    };
    await concurrent(toStore, 20, 1);
    await concurrent(toFile, 20, 1);

    for (const [file, reference] of [
      [toFile, ''],
      [toChainedFile, ' (reference: the file, with the same hash chains)'],
    ]) {
      const against = (what, unit, measure) =>
        compare(report, `${what}${reference}`, unit, toStore, file, measure);
      await against('one at a time', 'µs', (to) => oneAtATime(to, 300));
      await against('64 appenders', 'events/s', (to) => concurrent(to, 200, 1));
      await against('100-event appends', 'events/s', (to) => batches(to, 100));
    }
    await bare.close();
    await againstEmmett(report, toStore, await openEmmettStore(join(folder, 'emmett.db')));

    const durable = new AggregateStore(store);
    const memory = new AggregateStore(new MemoryEventStore());
    await compare(
      report,
      '50 connections on one stream (reference: in memory)',
      'commands/s',
      durable,
      memory,
      commands,
    );
    await store.close();
  });
}

/** The bar is 15 times its concurrent appends. It is given fewer events, for it takes longer. */
async function againstEmmett(report, toStore, emmett) {
  if ('notRun' in emmett) {
    report({ metric: 'against emmett-sqlite: NOT RUN', reason: emmett.notRun });
    return;
  }
  const heads = new Map();
  const toEmmett = {
    one: async (stream, count) => {
      const events = sample(count).map((event) => ({ ...event, metadata: sampleContext((n += 1)) }));
      const head = heads.get(stream) ?? 0;
      heads.set(stream, head + count);
      await emmett.append(stream, events, head);
    },
  };
  await concurrent(toEmmett, 5, 1);
  const against = (what, unit, ours, theirs) =>
    compare(report, `${what} (reference: emmett-sqlite)`, unit, toStore, toEmmett, ours, theirs);
  await against(
    '64 appenders',
    'events/s',
    (to) => concurrent(to, 200, 1),
    (to) => concurrent(to, 20, 1),
  );
  await against('one at a time', 'µs', (to) => oneAtATime(to, 300));
  await against(
    '100-event appends',
    'events/s',
    (to) => batches(to, 100),
    (to) => batches(to, 30),
  );
  emmett.close();
}

async function compare(report, metric, unit, ours, theirs, measure, measureTheirs = measure) {
  const values = [];
  const references = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    references.push(await measureTheirs(theirs));
    values.push(await measure(ours));
  }
  const value = median(values);
  const reference = median(references);
  report({ metric, value, unit, reference, ratio: value / reference });
}

function sample(count) {
  return Array.from({ length: count }, () => sampleEvent((n += 1)));
}

let run64 = 0;
async function concurrent(to, each, count) {
  const run = (run64 += 1);
  const start = performance.now();
  await Promise.all(
    Array.from({ length: 64 }, async (_, k) => {
      // Streams of 20 events, as aggregates have them.
      for (let i = 0; i < each; i += 1) await to.one(`run-${run}-${k}-${Math.floor(i / 20)}`, count);
    }),
  );
  return (64 * each * count) / ((performance.now() - start) / 1000);
}

async function oneAtATime(to, times) {
  const taken = [];
  const run = (run64 += 1);
  for (let i = 0; i < times; i += 1) {
    const start = performance.now();
    await to.one(`single-${run}-${i % 50}`, 1);
    taken.push((performance.now() - start) * 1000);
  }
  return quantile(taken, 0.5);
}

async function batches(to, times) {
  const run = (run64 += 1);
  const start = performance.now();
  for (let i = 0; i < times; i += 1) await to.one(`batch-${run}-${i}`, 100);
  return (times * 100) / ((performance.now() - start) / 1000);
}

const regionData = {
  name: 'region-data',
  streamOf: (id) => id,
  decider: {
    initial: 0,
    decide: (command) => [command],
    evolve: (state) => state + 1,
  },
};

async function commands(aggregates) {
  const start = performance.now();
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      for (let i = 0; i < 100; i += 1) {
        await aggregates.execute(regionData, 'region-data', sampleEvent(i), sampleContext((n += 1)));
      }
    }),
  );
  return 5000 / ((performance.now() - start) / 1000);
}
