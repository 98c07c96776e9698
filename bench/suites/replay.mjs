import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chainEvents, EMPTY_CHAIN } from '#libs/event-store';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { BareFile } from '../support/bare-file.mjs';
import { openEmmettStore } from '../support/emmett-store.mjs';
import { quantile, sampleContext, sampleEvent, withFolder } from '../support/sample-events.mjs';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 100_000);
const LARGE = Number(process.env.BENCH_LARGE ?? 2_000_000);
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
    await againstEmmett(report, store, await openEmmettStore(join(folder, 'emmett.db')));

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
  await large(report);
}

/** The same events in emmett-sqlite, read in pages of 1,000 of its own; the bar is 4 times as fast. */
async function againstEmmett(report, store, emmett) {
  if ('notRun' in emmett) {
    report({ metric: 'replay against emmett-sqlite: NOT RUN', reason: emmett.notRun });
    return;
  }
  for (let n = 0; n < EVENTS;) {
    // One append is one statement, and SQLite takes some 32,000 parameters in one.
    const size = Math.min(1000, EVENTS - n);
    const events = Array.from({ length: size }, () => ({
      ...sampleEvent((n += 1)),
      metadata: sampleContext(n),
    }));
    await emmett.append(`stream-${n}`, events, 0);
  }
  const rates = { store: [], emmett: [] };
  for (let round = 0; round < 3; round += 1) {
    rates.emmett.push(await rate(emmett.readAll()));
    rates.store.push(await rate(store.readAll()));
  }
  emmett.close();
  const value = quantile(rates.store, 0.5);
  const reference = quantile(rates.emmett, 0.5);
  const metric = 'replay of everything (reference: emmett-sqlite)';
  report({ metric, value, unit: 'events/s', reference, ratio: value / reference });
}

/** Memory of a long replay: anonymous memory after its first tenth and at its end; pages of the file are the system's to drop. */
async function large(report) {
  await withFolder(async (folder) => {
    const store = await openEmbeddedEventStore({ folder: join(folder, 'events') });
    for (let n = 0; n < LARGE;) {
      const appends = [];
      for (let k = 0; k < 50 && n < LARGE; k += 1) {
        const stream = `stream-${n}`;
        const events = Array.from({ length: 100 }, () => sampleEvent((n += 1)));
        const { events: chained } = chainEvents(stream, EMPTY_CHAIN, events, sampleContext(n), () => 'salt');
        appends.push(store.append(stream, chained, { expected: 'absent' }));
      }
      await Promise.all(appends);
    }
    const start = performance.now();
    const mib = [];
    let read = 0;
    for await (const event of store.readAll()) {
      read += event.data.attempt > 0 ? 1 : 0;
      if (read % (LARGE / 10) === 0) mib.push(anonymousMiB());
    }
    const seconds = (performance.now() - start) / 1000;
    if (read !== LARGE) throw new Error(`${read} of ${LARGE} events`);
    report({ metric: `replay of ${LARGE} events`, value: LARGE / seconds, unit: 'events/s' });
    report({
      metric: `memory at the end of it (reference: after its first tenth)`,
      value: mib[9],
      unit: 'MiB',
      reference: mib[0],
      ratio: mib[9] / mib[0],
    });
    await store.close();
  });
}

function anonymousMiB() {
  const [, kib] = /RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return kib === undefined ? process.memoryUsage().rss / 2 ** 20 : Number(kib) / 1024;
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
