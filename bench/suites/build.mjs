// A whole build of us-seattle-1 from the shipped flocks, `none` to Production, all apps in one process; simulated operations take no
// time and none fails, so that what is measured is CIOS itself. Against the least that could do it: the bare traversal of the same
// graph, and with the embedded stores also the same appends, in the same order within each stream, to a bare file with fdatasync.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuildGraph, Frontier } from '#libs/build-graph';
import { publishFlocks } from '../../dist/apps/cios/src/commands/flock/publish-flocks.js';
import { Client } from '../../dist/apps/cios/src/cli/client.js';
import { BareFile } from '../support/bare-file.mjs';
import { withFolder } from '../support/sample-events.mjs';
import { served } from '../support/served.mjs';

const region = 'us-seattle-1';
const examples = new URL('../../examples/', import.meta.url).pathname;
const deadlineMs = 120_000;

export async function run(report) {
  for (const stores of ['memory', 'embedded'])
    await withFolder(async (folder) => {
      const { operations, seconds, events, graph } = await build(join(folder, 'data'), stores);
      const bare = traverse(graph) + (stores === 'embedded' ? await append(join(folder, 'bare'), events) : 0);
      const value = operations / seconds;
      const reference = operations / bare;
      const metric = `${stores} stores: ${operations} operations, ${events.length} events, ${graph.nodes.length} nodes`;
      report({ metric, value, unit: 'operations/s', reference, ratio: value / reference });
    });
}

async function build(data, stores) {
  const server = await served(
    'all',
    data,
    stores,
    (process.env.CIOS_BENCH_NODE_OPTIONS ?? '').split(' ').filter(Boolean),
  );
  try {
    const client = new Client({ url: server.url, token: server.token });
    const text = readFileSync(join(examples, 'fleet/region-data.json'), 'utf8');
    await client.post('/v1/region-data/import', { text }, { ticket: 'CHG-1', timeoutMs: 300_000 });
    await publishFlocks(client, join(examples, 'flocks'), { ticket: 'CHG-1', golden: true });
    const { revision, position } = await client.patch(
      `/v1/regions/${region}`,
      { set: { target_available: true } },
      { ticket: 'CHG-1' },
    );
    await client.get('/v1/compilations/settled', { revision, timeout: 120_000 }, 130_000);
    await client.post(`/v1/regions/${region}/builds`, { reason: 'benchmark' }, { ticket: 'CHG-1' });
    const end = performance.now() + deadlineMs;
    for (;;) {
      const { items } = await client.get(`/v1/regions/${region}/builds`);
      if (items[0]?.status === 'completed') break;
      if (performance.now() > end || items[0]?.status === 'cancelled')
        throw new Error(`the build is ${items[0]?.status} after ${deadlineMs / 1000} s`);
      await sleep(50);
    }
    const events = await log(client, position);
    const started = events.find((event) => event.type === 'BuildOpened');
    const done = events.filter((event) => event.type === 'OperationSucceeded').length;
    const production = events.find(
      (event) => event.type === 'RegionStateChanged' && event.data.to === 'Production',
    );
    const graph = await client.get(`/v1/regions/${region}/graph`, { actual: true });
    return {
      operations: done,
      seconds: (Date.parse(production.recordedAt) - Date.parse(started.recordedAt)) / 1000,
      events: events.slice(events.indexOf(started)),
      graph: BuildGraph.fromJson(graph),
    };
  } finally {
    await server.close();
  }
}

async function log(client, after) {
  const events = [];
  for (let from = after; ;) {
    const { items, next } = await client.get('/v1/events', { after: from, limit: 1000 });
    events.push(...items);
    if (next === undefined) return events;
    from = next;
  }
}

/** Seconds to walk the graph from its first nodes to its last, everything done at once. */
function traverse(graph) {
  const start = performance.now();
  const frontier = new Frontier(graph);
  for (const gate of ['target_available', 'connections', 'hardware']) frontier.openGate(gate);
  const pending = [...frontier.ready()];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) pending.push(...frontier.markDone(id));
  return (performance.now() - start) / 1000;
}

/** Seconds for the same events, one append for each command, one at a time within a stream, flushed in groups. */
async function append(path, events) {
  const file = await BareFile.open(path);
  const streams = grouped(events, (e) => e.stream);
  const start = performance.now();
  await Promise.all(
    [...streams].map(async ([stream, own]) => {
      let head = -1;
      for (const [, appended] of grouped(own, (e) => e.metadata.commandId))
        head = await file.append(stream, appended, head);
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  await file.close();
  return seconds;
}

function grouped(items, by) {
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(by(item));
    if (group) group.push(item);
    else groups.set(by(item), [item]);
  }
  return groups;
}
