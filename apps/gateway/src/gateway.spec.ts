import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { serveGateway } from './serve-gateway.js';

const MAIN = ['--conditions', 'cios-source', '--import', './scripts/typescript.mjs', 'apps/cios/src/main.ts'];
const events = (n: number) => Array.from({ length: n }, (_, i) => jsonEvent({ type: 'Tried', data: { i } }));

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('cios gateway --insecure on an empty folder, to a stock client', () => {
  const data = mkdtempSync(join(tmpdir(), 'cios-gateway-'));
  let served: ChildProcess;
  let client: EventStoreDBClient;

  beforeAll(async () => {
    const command = ['gateway', '--data', data, '--port', '0', '--insecure', '--json'];
    served = spawn(process.execPath, [...MAIN, ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      served.stdout!.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        const [, found] = /"url": ?"([^"]+)"/.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      });
      served.once('exit', (code) => {
        reject(new Error(`it ended with ${code}: ${said}`));
      });
    });
    client = EventStoreDBClient.connectionString(url);
  }, 60_000);
  afterAll(async () => {
    await client.dispose();
    const ended = new Promise((resolve) => served.once('exit', resolve));
    served.kill();
    expect(await ended).toBe(0);
    rmSync(data, { recursive: true, force: true });
  });

  it('initialises the folder', () => {
    expect(readdirSync(data)).toContain('events');
  });

  it('appends, and reads both ways and all', async () => {
    await client.appendToStream('orders-1', events(5), { expectedRevision: NO_STREAM });
    const revisions = async (options: object) =>
      (await collect(client.readStream('orders-1', options))).map(({ event }) => event!.revision);
    expect(await revisions({})).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(await revisions({ direction: BACKWARDS, fromRevision: END, maxCount: 2 })).toEqual([4n, 3n]);
    const all = (await collect(client.readAll())).map(({ event }) => event!.streamId);
    expect(all).toEqual(['$gateway', ...Array<string>(5).fill('orders-1')]);
    const back = await collect(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }));
    expect(back[0]!.event).toMatchObject({ streamId: 'orders-1', revision: 4n });
    await expect(
      client.appendToStream('orders-1', events(1), { expectedRevision: NO_STREAM }),
    ).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 4n });
    await expect(collect(client.readStream('nowhere'))).rejects.toMatchObject({ type: 'stream-not-found' });
    await expect(client.appendToStream('region-data', events(1))).rejects.toMatchObject({
      type: 'access-denied',
    });
  });

  it('subscribes with a filter, tells of checkpoints and of having caught up', async () => {
    await client.appendToStream('noise', events(40));
    await client.appendToStream('wanted', events(1));
    const checkpoints: bigint[] = [];
    const subscription = client.subscribeToAll({
      fromPosition: START,
      filter: streamNameFilter({
        prefixes: ['wanted'],
        maxSearchWindow: 10,
        checkpointReached: (_: unknown, { commit }: { readonly commit: bigint }) => {
          checkpoints.push(commit);
        },
      }),
    });
    const caughtUp = new Promise<void>((resolve) =>
      subscription.once('caughtUp', () => {
        resolve();
      }),
    );
    const seen: bigint[] = [];
    const reading = (async () => {
      for await (const { event } of subscription) {
        seen.push(event!.revision);
        if (seen.length === 2) return;
      }
    })();
    await caughtUp;
    await client.appendToStream('wanted', events(1));
    await reading;
    expect(seen).toEqual([0n, 1n]);
    expect(checkpoints.length).toBeGreaterThan(3);
  });

  it('keeps metadata, deletes and tombstones', async () => {
    await client.appendToStream('short', events(4));
    await client.setStreamMetadata('short', { maxCount: 1 });
    expect((await collect(client.readStream('short'))).map(({ event }) => event!.revision)).toEqual([3n]);
    await client.deleteStream('short');
    await expect(collect(client.readStream('short'))).rejects.toMatchObject({ type: 'stream-not-found' });
    await client.tombstoneStream('short');
    await expect(collect(client.readStream('short'))).rejects.toMatchObject({ type: 'stream-deleted' });
  });
});

describe('serveGateway', () => {
  it('refuses to be insecure beyond loopback', async () => {
    await expect(
      serveGateway({ data: join(tmpdir(), 'never'), port: 0, host: '0.0.0.0', insecure: true }),
    ).rejects.toMatchObject({ refusal: { code: 'gateway/not-loopback' } });
  });

  it('is the one writer of its folder, and keeps its logins', async () => {
    const data = mkdtempSync(join(tmpdir(), 'cios-gateway-'));
    const first = await serveGateway({ data, port: 0, insecure: false });
    await expect(serveGateway({ data, port: 0, insecure: false })).rejects.toMatchObject({
      refusal: { code: 'event-store/in-use' },
    });
    expect(readdirSync(first.credentials!).sort()).toEqual(['logins.json', 'tls.crt', 'tls.key']);
    await first.close();
    rmSync(data, { recursive: true, force: true });
  });
});
