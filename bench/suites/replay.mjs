import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chainEvents, EMPTY_CHAIN } from '#libs/event-store';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { BareFile } from '../support/bare-file.mjs';
import { quantile, sampleContext, sampleEvent, withFolder } from '../support/sample-events.mjs';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 100_000);
const PER_STREAM = 20;

/** Every event read, checked against its digest and decoded, against reading and parsing the same events from a file of JSON lines. */
export async function run(report) {
  await withFolder(async (folder) => {
    const bare = await BareFile.open(join(folder, 'bare.jsonl'));
    let store = await openEmbeddedEventStore({ folder: join(folder, 'events') });
    for (let n = 0; n < EVENTS;) {
      const appends = [];
      for (let k = 0; k < 100 && n < EVENTS; k += 1) {
        const stream = `stream-${n / PER_STREAM}`;
        const events = Array.from({ length: PER_STREAM }, () => sampleEvent((n += 1)));
        const chained = chainEvents(
          stream,
          EMPTY_CHAIN,
          events,
          sampleContext(n),
          () => `salt-${n}-0123456789abcdef`,
        );
        const plain = chained.events.map(({ id, type, data, salt, metadata }) => ({
          id,
          type,
          data,
          salt,
          metadata,
        }));
        appends.push(store.append(stream, plain, { expected: 'absent' }), bare.append(stream, plain, -1));
      }
      await Promise.all(appends);
    }
    await bare.close();
    await store.close();
    store = await openEmbeddedEventStore({ folder: join(folder, 'events') });

    const rates = { store: [], file: [] };
    for (let round = 0; round < 3; round += 1) {
      rates.file.push(await rate(parsed(join(folder, 'bare.jsonl'))));
      rates.store.push(await rate(store.readAll()));
    }
    const value = quantile(rates.store, 0.5);
    const reference = quantile(rates.file, 0.5);
    report({ metric: 'replay of everything', value, unit: 'events/s', reference, ratio: value / reference });

    const before = process.memoryUsage().rss;
    await rate(store.readAll());
    report({
      metric: 'memory that one more replay takes',
      value: (process.memoryUsage().rss - before) / 2 ** 20,
      unit: 'MiB',
    });

    const taken = [];
    for (let i = 0; i < 2000; i += 1) {
      const stream = `stream-${(i * 7919) % (EVENTS / PER_STREAM)}`;
      const start = performance.now();
      let read = 0;
      for await (const event of store.readStream(stream)) read += event.data.attempt > 0 ? 1 : 0;
      taken.push((performance.now() - start) * 1000);
      if (read !== PER_STREAM) throw new Error(`stream ${stream} has ${read} events`);
    }
    report({ metric: 'a stream of 20 events', value: quantile(taken, 0.5), unit: 'µs' });
    await store.close();
  });
}

async function rate(events) {
  const start = performance.now();
  let read = 0;
  let attempts = 0;
  for await (const event of events) {
    read += 1;
    attempts += event.data.attempt;
  }
  if (read !== EVENTS || attempts < EVENTS) throw new Error(`${read} of ${EVENTS} events`);
  return EVENTS / ((performance.now() - start) / 1000);
}

async function* parsed(path) {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity }))
    yield JSON.parse(line);
}
