import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { selfSigned, startGateway, type Gateway } from '../../gateway/index.js';
import { AppendTooLarge, type EventStore, type Expected } from '../../port/event-store.js';
import { CuttingProxy } from '../../testing/cutting-proxy.js';
import { collect, newEvents } from '../../testing/events.js';
import { slowSubscriber } from '../../testing/slow-subscriber.js';
import { openEmbeddedEventStore } from '../embedded/index.js';
import { openEventStoreDB } from './index.js';

const root = mkdtempSync(join(tmpdir(), 'esdb-faults-'));
const tls = selfSigned(['localhost', '127.0.0.1'], new Date());
const certificate = join(root, 'tls.crt');
writeFileSync(certificate, tls.certificate);
const users = [{ name: 'cios', password: 'own', isOwn: true }];
const parameters = `tls=true&tlsCAFile=${certificate}`;
const urlOf = (port: number) => `esdb://cios:own@localhost:${port}?${parameters}`;
let folders = 0;

let log: EventStore;
let gateway: Gateway;
let proxy: CuttingProxy;
const opened: EventStore[] = [];

async function open(url: string): Promise<EventStore> {
  const store = await openEventStoreDB(url);
  opened.push(store);
  return store;
}

beforeEach(async () => {
  log = await openEmbeddedEventStore({ folder: join(root, String((folders += 1))) });
  gateway = await startGateway({ store: log, port: 0, tls, users });
  proxy = await CuttingProxy.start(gateway.port);
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await proxy.close();
  await gateway.close();
  await log.close();
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const isStored = async (id: string) => {
  for await (const item of log.subscribe()) if (item.kind === 'event' && item.event.id === id) return;
};

describe('eventstoredb and whoever is slow', () => {
  slowSubscriber(async () => ({ store: await open(urlOf(gateway.port)), writer: log }));
});

describe('eventstoredb over a connection that is cut', () => {
  it.each<[Expected]>([['any'], ['exists'], [0n]])(
    'stores an append under %s once when its answer is lost',
    async (expected) => {
      const store = await open(urlOf(proxy.port));
      await store.append('s', newEvents('s', 1), { expected: 'absent' });
      const events = newEvents('s', 3);
      proxy.mute();
      const appending = store.append('s', events, { expected });
      await isStored(events[2]!.id);
      proxy.cut();
      expect(await appending).toMatchObject({ revision: 3n });
      expect(await collect(log.readStream('s'))).toHaveLength(4);
    },
  );

  it('reads on where the reader stands', async () => {
    const store = await open(urlOf(proxy.port));
    const text = 'x'.repeat(8000);
    for (let batch = 0; batch < 4; batch += 1) {
      const expected = batch === 0 ? 'absent' : BigInt(batch * 100 - 1);
      await log.append('s', newEvents('s', 100, { data: { text } }), { expected });
    }
    for (const read of [store.readStream('s'), store.readAll()]) {
      const seen: bigint[] = [];
      for await (const { revision } of read) {
        seen.push(revision);
        if (seen.length === 3 || seen.length === 200) proxy.cut();
      }
      expect(seen).toEqual(Array.from({ length: 400 }, (_, i) => BigInt(i)));
    }
  });

  it('goes on with a subscription, again and again', async () => {
    const store = await open(urlOf(proxy.port));
    await log.append('s', newEvents('s', 100), { expected: 'absent' });
    const seen: bigint[] = [];
    let caughtUp = 0;
    for await (const item of store.subscribe()) {
      if (item.kind === 'caught-up') {
        caughtUp += 1;
        proxy.cut();
        await log.append('s', newEvents('s', 100), { expected: 99n });
      }
      if (item.kind !== 'event') continue;
      seen.push(item.event.revision);
      if (seen.length === 50 || seen.length === 150) proxy.cut();
      if (seen.length === 200) break;
    }
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => BigInt(i)));
    expect(caughtUp).toBe(1);
  });

  it('keeps every deadline when no answer comes', async () => {
    const store = await open(urlOf(proxy.port));
    await store.append('s', newEvents('s', 1), { expected: 'absent' });
    proxy.mute();
    const name = expect.stringMatching(/^(StoreUnavailable|DeadlineExceeded)$/);
    const begun = performance.now();
    const options = { deadlineMs: 300 };
    await Promise.all([
      expect(store.append('t', newEvents('t', 1), { expected: 'any', ...options })).rejects.toMatchObject({
        name,
      }),
      expect(store.append('u', newEvents('u', 1), { expected: 'absent', ...options })).rejects.toMatchObject({
        name,
      }),
      expect(collect(store.readStream('s', options))).rejects.toMatchObject({ name }),
      expect(collect(store.readAll(options))).rejects.toMatchObject({ name }),
    ]);
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

describe('eventstoredb asked by several', () => {
  it('stores the same append once when it is sent twice at once', async () => {
    const [one, two] = [await open(urlOf(gateway.port)), await open(urlOf(proxy.port))];
    const events = newEvents('s', 3);
    const answers = await Promise.all(
      [one, two, one, two].map((store) => store.append('s', events, { expected: 'absent' })),
    );
    expect(new Set(answers.map(({ revision, position }) => `${revision} ${position}`)).size).toBe(1);
    expect(await collect(log.readStream('s'))).toHaveLength(3);
  });

  it('says how large an append was that is too large for the server', async () => {
    const store = await open(urlOf(gateway.port));
    const large = newEvents('s', 1, { data: { text: 'x'.repeat(1_100_000) } });
    const refused = await store.append('s', large, { expected: 'absent' }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AppendTooLarge);
    expect((refused as AppendTooLarge).bytes).toBeGreaterThan(1_100_000);
  });
});

/** A node that only follows: every call is refused with who leads, as EventStoreDB does, and its gossip names both. */
async function startFollower(leader: number) {
  const asked: string[] = [];
  const refusal = (method: string) => {
    asked.push(method);
    const metadata = new Metadata();
    metadata.set('exception', 'not-leader');
    metadata.set('leader-endpoint-host', 'localhost');
    metadata.set('leader-endpoint-port', String(leader));
    return Object.assign(new Error('not the leader'), {
      code: status.NOT_FOUND,
      details: 'not the leader',
      metadata,
    });
  };
  const address = { port: 0 };
  const { FOLLOWER, LEADER } = gossipPb.MemberInfo.VNodeState;
  const member = (port: number, state: typeof FOLLOWER | typeof LEADER) => {
    const info = new gossipPb.MemberInfo().setInstanceId(new sharedPb.UUID().setString(randomUUID()));
    info.setIsAlive(true);
    info.setState(state);
    info.setHttpEndPoint(new gossipPb.EndPoint().setAddress('localhost').setPort(port));
    return info;
  };
  const server = new Server();
  server.addService(streamsGrpc.StreamsService, {
    append: (call: { resume(): void }, callback: (error: Error) => void) => {
      call.resume();
      callback(refusal('append'));
    },
    read: (call: { emit(name: 'error', error: Error): void }) => {
      call.emit('error', refusal('read'));
    },
  });
  server.addService(gossipGrpc.GossipService, {
    read: (_call: unknown, callback: (error: null, info: unknown) => void) => {
      asked.push('gossip');
      callback(
        null,
        new gossipPb.ClusterInfo().setMembersList([member(address.port, FOLLOWER), member(leader, LEADER)]),
      );
    },
  });
  const credentials = ServerCredentials.createSsl(null, [
    { cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.key) },
  ]);
  address.port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
  return {
    port: address.port,
    asked,
    close: () => {
      server.forceShutdown();
    },
  };
}

describe('eventstoredb on a cluster', () => {
  it('follows whoever leads', async () => {
    const follower = await startFollower(gateway.port);
    try {
      const store = await open(urlOf(follower.port));
      const events = newEvents('s', 2);
      expect(await store.append('s', events, { expected: 'any' })).toMatchObject({ revision: 1n });
      expect(await collect(store.readStream('s'))).toHaveLength(2);
      expect(follower.asked).toContain('append');
      expect(await collect(log.readStream('s'))).toHaveLength(2);
    } finally {
      follower.close();
    }
  });

  it('finds the leader by the gossip of any node that answers', async () => {
    const follower = await startFollower(gateway.port);
    const gone = await startFollower(gateway.port);
    gone.close();
    try {
      const nodes = `localhost:${gone.port},localhost:${follower.port}`;
      const discovery = 'nodePreference=leader&discoveryInterval=50&maxDiscoverAttempts=20&gossipTimeout=2';
      const store = await open(`esdb+discover://cios:own@${nodes}?${parameters}&${discovery}`);
      await store.append('s', newEvents('s', 2), { expected: 'absent' });
      expect(follower.asked).toContain('gossip');
      expect(follower.asked).not.toContain('append');
      expect(await collect(log.readStream('s'))).toHaveLength(2);
    } finally {
      follower.close();
    }
  });
});
