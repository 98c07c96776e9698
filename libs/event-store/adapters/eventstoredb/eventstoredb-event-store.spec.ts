import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { selfSigned, startGateway, type Gateway } from '../../gateway/index.js';
import { type EventStore } from '../../port/event-store.js';
import { eventStoreContract } from '../../testing/event-store.contract.js';
import { collect, newEvents } from '../../testing/events.js';
import { openEmbeddedEventStore } from '../embedded/index.js';
import { openEventStoreDB } from './index.js';

const root = mkdtempSync(join(tmpdir(), 'esdb-'));
const tls = selfSigned(['localhost', '127.0.0.1'], new Date());
const certificate = join(root, 'tls.crt');
writeFileSync(certificate, tls.certificate);
const users = [
  { name: 'cios', password: 'own', isOwn: true },
  { name: 'guest', password: 'guest' },
];
let folders = 0;
const folder = () => join(root, String((folders += 1)));
const urlOf = (port: number, login = 'cios:own') =>
  `esdb://${login}@localhost:${port}?tls=true&tlsCAFile=${certificate}`;

interface Served {
  readonly gateway: Gateway;
  readonly log: EventStore;
  close(): Promise<void>;
}

async function serve(path: string, port = 0): Promise<Served> {
  const log = await openEmbeddedEventStore({ folder: path });
  const gateway = await startGateway({ store: log, port, tls, users });
  return {
    gateway,
    log,
    async close() {
      await gateway.close();
      await log.close();
    },
  };
}

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const served: Served[] = [];
afterAll(async () => {
  for (const one of served) await one.close();
});

eventStoreContract('eventstoredb → gateway over loopback TLS', async () => {
  const one = await serve(folder());
  served.push(one);
  return openEventStoreDB(urlOf(one.gateway.port));
});

const real = process.env['CIOS_TEST_ESDB'];
if (real !== undefined) eventStoreContract('eventstoredb → a real server', () => openEventStoreDB(real));

describe('eventstoredb when its server comes and goes', () => {
  let path: string;
  let server: Served;
  let store: EventStore;
  beforeEach(async () => {
    path = folder();
    server = await serve(path);
    store = await openEventStoreDB(urlOf(server.gateway.port));
  });
  afterEach(async () => {
    await store.close();
    await server.close();
  });
  const restart = async () => {
    const { port } = server.gateway;
    await server.close();
    server = await serve(path, port);
  };

  it('appends again after the server was away, once', async () => {
    await store.append('s', newEvents('s', 1), { expected: 'absent' });
    await restart();
    const events = newEvents('s', 2);
    expect(await store.append('s', events, { expected: 0n })).toMatchObject({ revision: 2n });
    expect(await store.append('s', events, { expected: 0n })).toMatchObject({ revision: 2n, repeated: true });
    expect(await collect(store.readStream('s'))).toHaveLength(3);
  });

  it('goes on with a subscription from where it stood', async () => {
    await store.append('s', newEvents('s', 3), { expected: 'absent' });
    const stop = new AbortController();
    const seen: bigint[] = [];
    let live!: () => void;
    const isLive = new Promise<void>((resolve) => (live = resolve));
    const reading = (async () => {
      for await (const item of store.subscribe({ signal: stop.signal })) {
        if (item.kind === 'caught-up') live();
        if (item.kind !== 'event') continue;
        seen.push(item.event.revision);
        if (seen.length === 6) stop.abort();
      }
    })();
    await isLive;
    await restart();
    await server.log.append('s', newEvents('s', 3), { expected: 2n });
    await reading;
    expect(seen).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
  });

  it('says that the server is away when its deadline passes', async () => {
    await server.gateway.close();
    const append = store.append('s', newEvents('s', 1), { expected: 'absent', deadlineMs: 400 });
    await expect(append).rejects.toMatchObject({
      name: expect.stringMatching(/^(StoreUnavailable|DeadlineExceeded)$/),
    });
    await expect(collect(store.readStream('s', { deadlineMs: 300 }))).rejects.toMatchObject({
      name: expect.stringMatching(/^(StoreUnavailable|DeadlineExceeded)$/),
    });
  });

  it('passes over what others wrote, and is refused where it may not write', async () => {
    await store.append('own', newEvents('own', 2), { expected: 'absent' });
    const guest = await openEventStoreDB(urlOf(server.gateway.port, 'guest:guest'));
    await guest.append('theirs', newEvents('theirs', 1), { expected: 'absent' }).catch(() => undefined);
    await expect(guest.append('own', newEvents('own', 1), { expected: 1n })).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining('credential'),
    });
    expect(await collect(guest.readStream('own'))).toHaveLength(2);
    expect((await collect(server.log.readAll())).map((e) => e.stream)).toEqual(['own', 'own']);
    await guest.close();
    const stranger = await openEventStoreDB(urlOf(server.gateway.port, 'guest:wrong'));
    await expect(collect(stranger.readStream('own'))).rejects.toMatchObject({ name: 'StoreUnavailable' });
    await stranger.close();
  });
});

describe('URLs of an eventstoredb', () => {
  it.each([
    ['esdb://cios:own@localhost:2113?tls=false', 'event-store/unprotected-credentials'],
    ['esdb://localhost:2113', 'event-store/no-credentials'],
    ['esdb://a:b@localhost:port', 'event-store/invalid-url'],
  ])('refuses %s (%s)', async (url, code) => {
    await expect(openEventStoreDB(url)).rejects.toMatchObject({ refusal: { code } });
  });
});
