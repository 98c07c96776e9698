import { spawn, type ChildProcess } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
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

/** A gateway in a process of its own. */
async function start(
  data: string,
  ...more: readonly string[]
): Promise<{ readonly served: ChildProcess; readonly url: string }> {
  const command = ['gateway', '--data', data, '--json', ...more];
  const served = spawn(process.execPath, [...MAIN, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const hear = (bytes: Buffer) => {
      said += bytes.toString();
      const [, found] = /"url": ?"([^"]+)"/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    };
    served.stdout.on('data', hear);
    served.stderr.on('data', hear);
    served.once('close', (code) => {
      reject(new Error(`it ended with ${code}: ${said}`));
    });
  });
  return { served, url };
}

describe('cios gateway --insecure on an empty folder, to a stock client', () => {
  const data = mkdtempSync(join(tmpdir(), 'cios-gateway-'));
  let served: ChildProcess;
  let client: EventStoreDBClient;

  beforeAll(async () => {
    const started = await start(data, '--port', '0', '--insecure');
    served = started.served;
    client = EventStoreDBClient.connectionString(started.url);
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

describe('cios gateway', () => {
  it('killed with -9 amid appends, has kept what it acknowledged, and each append whole', async () => {
    const data = mkdtempSync(join(tmpdir(), 'cios-gateway-'));
    const first = await start(data, '--port', '0', '--insecure');
    const writer = EventStoreDBClient.connectionString(first.url);
    const acknowledged: number[] = [];
    const appending = Array.from({ length: 4 }, async (_, i) => {
      for (let n = 0; ; n += 1) {
        await writer.appendToStream(`killed-${i}`, events(3));
        acknowledged[i] = 3 * (n + 1);
        if (n === 20 && i === 0) first.served.kill('SIGKILL');
      }
    });
    await Promise.allSettled(appending);
    await writer.dispose().catch(() => undefined);

    const second = await start(data, '--port', '0', '--insecure');
    const reader = EventStoreDBClient.connectionString(second.url);
    expect(acknowledged[0]).toBeGreaterThanOrEqual(63);
    for (const [i, count] of acknowledged.entries()) {
      const stored = await collect(reader.readStream(`killed-${i}`));
      expect(stored.length).toBeGreaterThanOrEqual(count);
      expect(stored.map(({ event }) => (event!.data as { i: number }).i)).toEqual(
        stored.map((_, at) => at % 3),
      );
      expect(stored.length % 3).toBe(0);
    }
    await reader.dispose();
    const ended = once(second.served, 'exit');
    second.served.kill();
    await ended;
    rmSync(data, { recursive: true, force: true });
  }, 60_000);

  it('says in one error that its port is taken, and leaves nothing behind', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const data = join(mkdtempSync(join(tmpdir(), 'cios-gateway-')), 'data');
    const said = await start(data, '--port', String(port)).catch((error: unknown) => String(error));
    expect(said).toContain('"code":"gateway/port-in-use"');
    expect(said).not.toMatch(/No address added/);
    expect(existsSync(data)).toBe(false);
    taken.close();
  }, 60_000);
});

describe('serveGateway', () => {
  it('asks for a name and a password', async () => {
    const data = mkdtempSync(join(tmpdir(), 'cios-gateway-'));
    const served = await serveGateway({ data, port: 0, insecure: false });
    expect(served.url).toMatch(/^esdb:\/\/localhost:/);
    // One of an authority is none of a server to stricter clients (webpki).
    const certificate = new X509Certificate(readFileSync(join(served.credentials!, 'tls.crt')));
    expect(certificate.ca).toBe(false);
    const { guest } = JSON.parse(readFileSync(join(served.credentials!, 'logins.json'), 'utf8')) as {
      guest: { name: string; password: string };
    };
    const as = (login: string) => EventStoreDBClient.connectionString(served.url.replace('//', `//${login}`));
    const [nobody, wrong, right] = [as(''), as('guest:wrong@'), as(`${guest.name}:${guest.password}@`)];
    for (const client of [nobody, wrong]) {
      await expect(client.appendToStream('orders', events(1))).rejects.toThrow();
      await expect(collect(client.readAll())).rejects.toThrow('does not know this user and password');
      await client.dispose();
    }
    await right.appendToStream('orders', events(1), { expectedRevision: NO_STREAM });
    await expect(right.appendToStream('region-data', events(1))).rejects.toMatchObject({
      type: 'access-denied',
    });
    await right.dispose();
    await served.close();
    rmSync(data, { recursive: true, force: true });
  });

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
