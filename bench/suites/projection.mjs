// Projection of 200,000 events into the embedded read store (5,000 rows of 300 bytes, one index, durable commits), against bare
// LMDB transactions that put the same number of rows without guards, index or checkpoint; then 2,000 events
// into whatever speaks MongoDB's wire protocol here, by name, against the same into the embedded one.
import { join } from 'node:path';
import { open } from 'lmdb';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { ProjectionRunner, StoredPositions } from '#libs/read-store';
import { EmbeddedReadStore } from '#libs/read-store/adapters/embedded';
import { MongodbReadStore } from '#libs/read-store/adapters/mongodb';
import { emulatedMongodb, realMongodb } from '#libs/read-store/adapters/mongodb/testing';
import { withFolder } from '../support/sample-events.mjs';

const events = 200_000;
const rows = 5_000;
const page = 4_000;
/** What an emulator that looks at every document for every one it writes can bear. */
const small = { events: 2_000, rows: 50, page: 100 };
const text = 'x'.repeat(200);

const regions = {
  name: 'regions',
  version: 1,
  types: ['Edited'],
  indexes: { byState: ['state', 'name'] },
  keys: (event) => [event.data.region],
  apply: (row, event) => ({
    name: event.data.region,
    state: event.data.state,
    edits: (row?.edits ?? 0) + 1,
    lastEvent: event.id,
    text,
  }),
};

const metadata = {
  occurredAt: '',
  actor: 'a',
  commandId: 'c',
  correlationId: 'c',
  dataDigest: '',
  hash: '',
  previousHash: '',
};

async function filledLog(events, rows) {
  const log = new MemoryEventStore();
  let random = 12;
  for (let i = 0; i < events; i += 100) {
    const batch = Array.from({ length: 100 }, (_, j) => {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      const data = {
        region: `region-${random % rows}`,
        state: (random >>> 20) % 2 ? 'Building' : 'Production',
      };
      return { id: `event-${i + j}`, type: 'Edited', data, salt: 's', metadata };
    });
    await log.append(`s${i % 7}`, batch, { expected: 'any' });
  }
  return log;
}

/** Distinct rows of each page put into a bare environment, with the same durability. */
async function bare(folder, log) {
  const env = open({
    path: folder,
    overlappingSync: false,
    eventTurnBatching: false,
    cache: false,
    mapSize: 2 ** 32,
  });
  const db = env.openDB({ name: 'rows', encoding: 'string' });
  let pending = new Map();
  let seen = 0;
  const began = performance.now();
  for await (const event of log.readAll()) {
    pending.set(event.data.region, regions.apply(null, event));
    if (++seen % page !== 0) continue;
    const puts = pending;
    pending = new Map();
    await env.transaction(() => {
      for (const [key, row] of puts) db.putSync(key, JSON.stringify(row));
    });
  }
  const seconds = (performance.now() - began) / 1_000;
  await env.close();
  return events / seconds;
}

async function projected(readStore, log, events, pageSize) {
  const positions = new StoredPositions(readStore);
  const abort = new globalThis.AbortController();
  const runner = new ProjectionRunner({
    eventStore: log,
    readStore,
    projections: [regions],
    positions,
    pageSize,
  });
  const began = performance.now();
  const running = runner.run(abort.signal);
  const reached = await positions.waitFor(['regions'], BigInt(events - 1), 60_000);
  const seconds = (performance.now() - began) / 1_000;

  if (!reached) {
    abort.abort();
    await running;
    await readStore.close();
    throw new Error('not projected within a minute');
  }

  const took = [];
  for (let i = 0; i < 200; i++) {
    const data = { region: `region-${i}`, state: 'Paused' };
    const edited = performance.now();
    const event = { id: `edit-${i}`, type: 'Edited', data, salt: 's', metadata };
    const { position } = await log.append('edits', [event], { expected: 'any' });
    await positions.waitFor(['regions'], position);
    took.push(performance.now() - edited);
  }
  abort.abort();
  await running;
  await readStore.close();
  took.sort((a, b) => a - b);
  return { perSecond: events / seconds, median: took[100], p99: took[197] };
}

export async function run(report) {
  await withFolder(async (root) => {
    const log = await filledLog(events, rows);
    const reference = await bare(join(root, 'bare'), log);
    const { perSecond, median, p99 } = await projected(
      new EmbeddedReadStore(join(root, 'read')),
      log,
      events,
      page,
    );
    report({
      metric: 'events projected, durable',
      value: perSecond,
      unit: 'events/s',
      reference,
      ratio: perSecond / reference,
    });
    report({ metric: 'append to visible row, median', value: median, unit: 'ms' });
    report({ metric: 'append to visible row, p99', value: p99, unit: 'ms' });

    const few = await filledLog(small.events, small.rows);
    const same = await projected(new EmbeddedReadStore(join(root, 'few')), few, small.events, small.page);
    for (const server of [await emulatedMongodb(), realMongodb()]) {
      if ('notRun' in server) {
        console.log(`${server.name} NOT RUN: ${server.notRun}`);
        continue;
      }
      try {
        const store = await MongodbReadStore.open(server.urlOf('cios-bench'));
        const wire = await projected(store, few, small.events, small.page);
        report({
          metric: `events projected, ${server.name}`,
          value: wire.perSecond,
          unit: 'events/s',
          reference: same.perSecond,
          ratio: wire.perSecond / same.perSecond,
        });
        report({ metric: `append to visible row, median, ${server.name}`, value: wire.median, unit: 'ms' });
      } finally {
        await server.stop();
      }
    }
  });
}
