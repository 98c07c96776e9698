// Commands over HTTP: 50 connections edit the shipped regions through PATCH /v1/regions/{region}, each answer durable, against the
// same route on the in-memory store in the same run. Server and load generator are two processes on this machine.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { median, withFolder } from '../support/sample-events.mjs';
import { served } from '../support/served.mjs';

const rounds = 3;
const seconds = 3;
const connections = 50;
const text = readFileSync(new URL('../../examples/fleet/region-data.json', import.meta.url), 'utf8');
const regions = JSON.parse(text).regions.map((region) => region.internal_name);

export async function run(report) {
  await withFolder(async (folder) => {
    const [embedded, memory] = [
      await served('command-api', join(folder, 'embedded'), 'embedded'),
      await served('command-api', join(folder, 'memory'), 'memory'),
    ];
    try {
      for (const server of [embedded, memory])
        await server.ask('POST', '/v1/region-data/import', { text, filename: 'region-data.json' });
      for (const server of [memory, embedded]) await edit(server, 1);
      const figures = { embedded: [], memory: [] };
      for (let round = 0; round < rounds; round += 1) {
        figures.memory.push(await edit(memory, seconds));
        figures.embedded.push(await edit(embedded, seconds));
      }
      for (const [metric, unit, of] of [
        ['50 connections edit regions, durably', 'commands/s', (figure) => figure.rate],
        ['latency, p50', 'ms', (figure) => figure.p50],
        ['latency, p99', 'ms', (figure) => figure.p99],
      ]) {
        const value = median(figures.embedded.map(of));
        const reference = median(figures.memory.map(of));
        report({ metric, value, unit, reference, ratio: value / reference });
      }
    } finally {
      await embedded.close();
      await memory.close();
    }
  });
}

let n = 0;
async function edit({ url, token }, duration) {
  const result = await autocannon({
    url,
    connections,
    duration,
    requests: [
      {
        method: 'PATCH',
        setupRequest: (request) => {
          n += 1;
          return {
            ...request,
            path: `/v1/regions/${regions[n % regions.length]}`,
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              'idempotency-key': `edit-${process.pid}-${n}`,
              'x-change-ticket': 'CHG-7',
            },
            body: JSON.stringify({ set: { generation: n } }),
          };
        },
      },
    ],
  });
  const refused = result.non2xx + result.errors + result.timeouts;
  if (refused > 0) throw new Error(`${refused} of the edits were not answered with 2xx`);
  return { rate: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}
