import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http2 from 'node:http2';
import { connect } from 'node:net';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  BACKWARDS,
  END,
  eventTypeFilter,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  START,
  STREAM_EXISTS,
  streamNameFilter,
} from '@eventstore/db-client';
import { Client, credentials, status } from '@grpc/grpc-js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type * as Gossip from '@eventstore/db-client/generated/gossip_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import timestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { openEmbeddedEventStore, type EmbeddedEventStore } from '../adapters/embedded/index.js';
import { ChainVerifier } from '../chain.js';
import { StoreUnavailable } from '../port/event-store.js';
import { FOREIGN } from '../port/foreign.js';
import { collect, newEvents } from '../testing/events.js';
import { startGateway, type Gateway } from './index.js';
import { wireEvent } from './wire-event.js';

/** A stock client on an insecure gateway. */
describe('the gateway, for strangers', () => {
  const root = mkdtempSync(join(tmpdir(), 'gateway-'));
  let store: EmbeddedEventStore;
  let gateway: Gateway;
  let client: EventStoreDBClient;
  let streams = 0;
  const fresh = () => `theirs-${(streams += 1)}`;
  const events = (n: number) =>
    Array.from({ length: n }, (_, i) => jsonEvent({ type: 'Tried', data: { i } }));
  const shown = async (name: string, options = {}) =>
    (await collect(client.readStream(name, options))).map(({ event }) => Number(event!.revision));

  beforeAll(async () => {
    store = await openEmbeddedEventStore({ folder: root });
    gateway = await startGateway({ store, port: 0 });
    client = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${gateway.port}?tls=false`);
  });
  afterAll(async () => {
    await client.dispose();
    await gateway.close();
    await store.close();
    rmSync(root, { recursive: true, force: true });
  });

  // Per-call credentials make the client use its unary append, none its batch append: the two shapes of every error.
  describe.each([
    { way: 'unary', more: { credentials: { username: 'a', password: 'b' } } },
    { way: 'batch', more: {} },
  ])('appends ($way)', ({ more }) => {
    it('tells of a wrong expectation with what is there', async () => {
      const name = fresh();
      const options = (expectedRevision: unknown) => ({ ...more, expectedRevision }) as never;
      await expect(client.appendToStream(name, events(1), options(STREAM_EXISTS))).rejects.toMatchObject({
        type: 'wrong-expected-version',
        streamName: name,
        expectedVersion: 'stream_exists',
        actualVersion: 'no_stream',
      });
      await client.appendToStream(name, events(2), options(NO_STREAM));
      await expect(client.appendToStream(name, events(1), options(5n))).rejects.toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: 5n,
        actualVersion: 1n,
      });
      expect(await shown(name)).toEqual([0, 1]);
    });

    it('answers a repeated append as the first, and refuses one of more than 1 MiB', async () => {
      const name = fresh();
      const same = events(2);
      const first = await client.appendToStream(name, same, { ...more, expectedRevision: NO_STREAM });
      expect(await client.appendToStream(name, same, { ...more, expectedRevision: NO_STREAM })).toEqual(
        first,
      );
      const large = jsonEvent({ type: 'Large', data: { text: 'x'.repeat(1_100_000) } });
      await expect(client.appendToStream(name, large, more)).rejects.toMatchObject({
        type: 'maximum-append-size-exceeded',
        maxAppendSize: 1024 * 1024,
      });
    });

    it('tells in words why the store cannot write', async () => {
      jest
        .spyOn(store, 'append')
        .mockRejectedValueOnce(new StoreUnavailable('the event store cannot write (ENOSPC)'));
      await expect(client.appendToStream(fresh(), events(1), more)).rejects.toThrow('cannot write (ENOSPC)');
    });

    it('tells of a tombstone', async () => {
      const name = fresh();
      await client.appendToStream(name, events(1), more);
      await client.tombstoneStream(name);
      await expect(client.appendToStream(name, events(1), more)).rejects.toMatchObject({
        type: 'stream-deleted',
        streamName: name,
      });
      await expect(shown(name)).rejects.toMatchObject({ type: 'stream-deleted' });
      await expect(client.deleteStream(name)).rejects.toMatchObject({ type: 'stream-deleted' });
    });
  });

  it('deletes a stream so that it may begin again', async () => {
    const name = fresh();
    await client.appendToStream(name, events(3));
    await expect(client.deleteStream(name, { expectedRevision: 7n })).rejects.toMatchObject({
      type: 'wrong-expected-version',
      expectedVersion: 7n,
      actualVersion: 2n,
    });
    await client.deleteStream(name, { expectedRevision: 2n });
    await expect(shown(name)).rejects.toMatchObject({ type: 'stream-not-found', streamName: name });
    const there = { expectedRevision: STREAM_EXISTS } as const;
    await expect(client.appendToStream(name, events(1), there)).rejects.toMatchObject({
      type: 'stream-deleted',
    });
    await expect(client.deleteStream(name, { expectedRevision: 1n })).rejects.toMatchObject({
      actualVersion: 2n,
    });
    await client.appendToStream(name, events(2), { expectedRevision: NO_STREAM });
    expect(await shown(name)).toEqual([3, 4]);
  });

  it.each([{ expectedRevision: NO_STREAM }, { expectedRevision: 2n }] as const)(
    'has begun a deleted stream again or has not when it is killed ($expectedRevision)',
    async ({ expectedRevision }) => {
      const name = fresh();
      await client.appendToStream(name, events(3));
      await client.deleteStream(name);
      const again = events(2);
      const copy = mkdtempSync(join(tmpdir(), 'gateway-killed-'));
      const after = (await store.head())!;
      const killed = (async () => {
        for await (const item of store.subscribe({ after, foreign: true })) {
          if (item.kind !== 'event' || item.event.stream !== FOREIGN + name) continue;
          // The disk as it is when the events are on it: nothing has come after them yet.
          cpSync(root, copy, { recursive: true });
          return;
        }
      })();
      await client.appendToStream(name, again, { expectedRevision });
      await killed;

      const left = await openEmbeddedEventStore({ folder: copy });
      const second = await startGateway({ store: left, port: 0 });
      const other = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${second.port}?tls=false`);
      await other.appendToStream(name, again, { expectedRevision }).catch(() => undefined);
      const seen = (await collect(other.readStream(name))).map(({ event }) => [event!.id, event!.revision]);
      expect(seen).toEqual(again.map(({ id }, i) => [id, BigInt(3 + i)]));
      expect(await collect(left.readStream(FOREIGN + name))).toHaveLength(5);
      await other.dispose();
      await second.close();
      await left.close();
      rmSync(copy, { recursive: true, force: true });
    },
  );

  it('answers an append to a deleted stream that was made before as the first', async () => {
    const name = fresh();
    await client.appendToStream(name, events(1));
    const same = events(2);
    const first = await client.appendToStream(name, same);
    await client.deleteStream(name);
    expect(await client.appendToStream(name, same)).toEqual(first);
    expect(await client.appendToStream(name, same, { expectedRevision: 0n })).toEqual(first);
    await expect(shown(name)).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  it('keeps to the deadline of one append in a batch, and goes on with the others', async () => {
    const name = fresh();
    const [late, timely] = await Promise.allSettled([
      client.appendToStream(name, events(1), { deadline: -1 }),
      client.appendToStream(name, events(2)),
    ]);
    expect(late).toMatchObject({ status: 'rejected', reason: { type: 'deadline-exceeded' } });
    expect(timely).toMatchObject({ status: 'fulfilled', value: { nextExpectedRevision: 1n } });
    expect(await shown(name)).toEqual([0, 1]);
  });

  it('refuses an append whose last part comes after its deadline', async () => {
    const name = fresh();
    const deadline = Date.now() + 200;
    const part = (n: number, isFinal: boolean) => {
      const event = new streamsPb.BatchAppendReq.ProposedMessage();
      event.setId(new sharedPb.UUID().setString(`00000000-0000-4000-8000-00000000000${n}`));
      event.getMetadataMap().set('type', 'Tried');
      event.setData(Buffer.from('{}'));
      const request = new streamsPb.BatchAppendReq().setIsFinal(isFinal).setProposedMessagesList([event]);
      return request.setCorrelationId(new sharedPb.UUID().setString('late'));
    };
    const options = new streamsPb.BatchAppendReq.Options().setAny(new emptyPb.Empty());
    options.setStreamIdentifier(new sharedPb.StreamIdentifier().setStreamName(Buffer.from(name)));
    options.setDeadline(timestampPb.Timestamp.fromDate(new Date(deadline)));
    const raw = new streamsGrpc.StreamsClient(`127.0.0.1:${gateway.port}`, credentials.createInsecure());
    const call = raw.batchAppend();
    call.write(part(1, false).setOptions(options));
    while (Date.now() <= deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    call.write(part(2, true));
    const [answer] = (await once(call, 'data')) as [Streams.BatchAppendResp];
    const error = answer.getError()!;
    expect(error.getCode()).toBe(4);
    expect(error.getDetails()!.getTypeUrl()).toMatch(/event_store\.client\.Timeout$/);
    expect(answer.getCorrelationId()!.getString()).toBe('late');
    call.on('error', () => undefined);
    call.cancel();
    raw.close();
    await expect(shown(name)).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  it('keeps to $maxCount, $tb and $maxAge', async () => {
    const name = fresh();
    await client.appendToStream(name, events(6));
    await client.setStreamMetadata(name, { maxCount: 3 });
    expect(await shown(name)).toEqual([3, 4, 5]);
    expect(await shown(name, { direction: BACKWARDS, fromRevision: END })).toEqual([5, 4, 3]);
    await client.setStreamMetadata(name, { truncateBefore: 5, tag: 'mine' });
    expect(await shown(name)).toEqual([5]);
    expect((await client.getStreamMetadata(name)).metadata).toEqual({ truncateBefore: 5, tag: 'mine' });
    await client.setStreamMetadata(name, { maxAge: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await shown(name)).toEqual([]);
  });

  it('subscribes to one stream and, filtered and with checkpoints, to all', async () => {
    const name = fresh();
    await client.appendToStream(name, events(2));
    const one = client.subscribeToStream(name, { fromRevision: START });
    const checkpoints: bigint[] = [];
    const all = client.subscribeToAll({
      fromPosition: START,
      filter: streamNameFilter({
        prefixes: [name],
        maxSearchWindow: 1,
        checkpointReached: (_: unknown, { commit }: { commit: bigint }) => void checkpoints.push(commit),
      }),
    });
    const take = async (subscription: AsyncIterable<{ event?: { streamId: string } }>, n: number) => {
      const seen: string[] = [];
      for await (const { event } of subscription) {
        seen.push(event!.streamId);
        if (seen.length === n) break;
      }
      return seen;
    };
    const both = Promise.all([take(one as never, 4), take(all as never, 4)]);
    await client.appendToStream(fresh(), events(2));
    await client.appendToStream(name, events(2));
    expect(await both).toEqual([Array(4).fill(name), Array(4).fill(name)]);
    expect(checkpoints.length).toBeGreaterThan(4);
  });

  it('keeps strangers and CIOS apart', async () => {
    await store.append('own', newEvents('own', 2), { expected: 'absent' });
    await expect(client.appendToStream('own', events(1))).rejects.toMatchObject({ type: 'access-denied' });
    await expect(client.tombstoneStream('own')).rejects.toMatchObject({ type: 'access-denied' });
    await expect(client.setStreamMetadata('own', { maxCount: 1 })).rejects.toMatchObject({
      type: 'access-denied',
    });
    await expect(shown('own')).rejects.toMatchObject({ type: 'access-denied' });
    const all = await collect(client.readAll());
    expect(all.some(({ event }) => event?.streamId === 'own')).toBe(false);
    expect(all.length).toBeGreaterThan(10);
    // What others wrote is no part of the record that is audited.
    const own = await collect(store.readAll());
    expect(own.map((e) => e.stream)).toEqual(['own', 'own']);
    const chains = new ChainVerifier();
    for (const { event, problem } of store.scan()) {
      expect(problem).toBeUndefined();
      if (event) expect(chains.check(event)).toBeNull();
    }
  });

  it('lets nobody else take a name that CIOS gives its streams, or the server', async () => {
    for (const name of ['region-data', 'build-of-nobody', 'version-set-1', '$gateway', '$all']) {
      await expect(client.appendToStream(name, events(1))).rejects.toMatchObject({ type: 'access-denied' });
      await expect(client.setStreamMetadata(name, { maxCount: 1 })).rejects.toMatchObject({
        type: 'access-denied',
      });
    }
  });

  it('resolves links, also one that leads nowhere', async () => {
    const [name, links] = [fresh(), fresh()];
    await client.appendToStream(name, events(3));
    const { binaryEvent } = await import('@eventstore/db-client');
    const link = (text: string) => binaryEvent({ type: '$>', data: Buffer.from(text) });
    await client.appendToStream(links, [
      link(`1@${name}`),
      link(`9@${name}`),
      link('0@own'),
      link('no link'),
    ]);
    const read = await collect(client.readStream(links, { resolveLinkTos: true }));
    expect(read.map(({ event, link: from }) => [event?.revision, from?.revision])).toEqual([
      [1n, 0n],
      [undefined, 1n],
      [undefined, 2n],
      [undefined, 3n],
    ]);
    const plain = await collect(client.readStream(links));
    expect(plain.map(({ event, link: from }) => [event?.type, from])).toEqual(
      Array(4).fill(['$>', undefined]),
    );
  });

  it('takes 5,000 small events in one append, and appends to one stream at once', async () => {
    const name = fresh();
    await client.appendToStream(name, events(5000));
    await Promise.all(Array.from({ length: 500 }, () => client.appendToStream(name, events(1))));
    expect(await shown(name)).toEqual(Array.from({ length: 5500 }, (_, i) => i));
  });

  it('gives back data and metadata to the byte', async () => {
    const name = fresh();
    const { binaryEvent } = await import('@eventstore/db-client');
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    await client.appendToStream(name, [
      binaryEvent({ type: 'Bytes', data: bytes, metadata: bytes }),
      jsonEvent({ type: 'Text', data: { ü: '🚀' }, metadata: { a: [1, null] } }),
    ]);
    const [binary, text] = (await collect(client.readStream(name))).map(({ event }) => event!);
    expect(Buffer.from(binary!.data as Uint8Array)).toEqual(Buffer.from(bytes));
    expect(Buffer.from(binary!.metadata as Uint8Array)).toEqual(Buffer.from(bytes));
    expect(text).toMatchObject({ data: { ü: '🚀' }, metadata: { a: [1, null] }, isJson: true });
  });

  it('refuses to delete what never was, and tells so in words and trailers that clients read', async () => {
    const name = `${fresh()} ü`;
    const refused = await client.deleteStream(name).catch((error: unknown) => error);
    expect(refused).toMatchObject({ type: 'wrong-expected-version', actualVersion: -1n });
    expect(String(refused)).toContain(
      `WrongExpectedVersion. Stream: ${name}, Expected version: -2, Actual version: -1`,
    );
  });

  it('forgets metadata with the deletion; those of a tombstoned stream may be written, not read', async () => {
    const name = fresh();
    await client.appendToStream(name, events(1));
    await client.setStreamMetadata(name, { maxCount: 1 });
    await client.deleteStream(name);
    await client.appendToStream(name, events(3));
    expect(await shown(name)).toEqual([1, 2, 3]);
    await client.tombstoneStream(name);
    await client.setStreamMetadata(name, { maxCount: 1 });
    await expect(client.getStreamMetadata(name)).rejects.toMatchObject({ type: 'stream-deleted' });
  });

  it('keeps what is marked as JSON and is none, and lets no metadata break their stream', async () => {
    const name = fresh();
    await client.appendToStream(name, events(2));
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const bytes = [Buffer.from([0xff, 0xfe, 0x7b]), Buffer.from('{"a":'), Buffer.from(deep)];
    const metadata = ['{"$maxCount":1.5}', '{"$maxCount":1e999,"$tb":-1}', '{"$maxAge":0}', '[]'];
    const raw = rawClient();
    for (const data of bytes) await raw.append(name, [data]);
    for (const text of [...metadata.map((known) => Buffer.from(known)), ...bytes]) {
      await raw.append(`$$${name}`, [text]);
      expect(await shown(name, { fromRevision: 4n })).toEqual([4]);
    }
    const stored = await collect(store.readStream(FOREIGN + name));
    expect(stored.slice(2).map((event) => Buffer.from(wireEvent(event).data))).toEqual(bytes);
    for (const { problem } of store.scan()) expect(problem).toBeUndefined();
    await client.deleteStream(name);
    raw.close();
  });

  it('says how long a name may be', async () => {
    const longest = `${fresh()}-`.padEnd(500, 'x');
    await client.appendToStream(longest, events(1));
    await client.setStreamMetadata(longest, { maxCount: 1 });
    expect(await shown(longest)).toEqual([0]);
    for (const name of [`${longest}x`, `$$${longest}x`, 'x'.repeat(5000)]) {
      const told = /at most 500 bytes/;
      await expect(client.appendToStream(name, events(1))).rejects.toThrow(told);
      await expect(shown(name)).rejects.toThrow(told);
      await expect(client.deleteStream(name)).rejects.toThrow(told);
    }
    const links = fresh();
    const { binaryEvent } = await import('@eventstore/db-client');
    await client.appendToStream(links, binaryEvent({ type: '$>', data: Buffer.from(`0@${longest}x`) }));
    const [read] = await collect(client.readStream(links, { resolveLinkTos: true }));
    expect([read!.event, read!.link?.revision]).toEqual([undefined, 0n]);
  });

  it('refuses an id that is no UUID, and an append whose deadline has passed', async () => {
    const name = fresh();
    const raw = rawClient();
    await expect(raw.append(name, [Buffer.from('{}')], { id: 'mine' })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
    await expect(raw.append(name, [Buffer.from('{}')], { deadline: 0 })).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
    await expect(shown(name)).rejects.toMatchObject({ type: 'stream-not-found' });
    raw.close();
  });

  it('takes a filter that escapes more than it needs', async () => {
    const name = fresh();
    await client.appendToStream(name, events(2));
    const filter = streamNameFilter({ regex: `^${name.replace('-', '\\-')}$` });
    const seen: unknown[] = [];
    for await (const { event } of client.subscribeToAll({ fromPosition: START, filter }))
      if (seen.push(event?.streamId) === 2) break;
    expect(seen).toEqual([name, name]);
    const none = client.subscribeToAll({ filter: streamNameFilter({ regex: '(' }) });
    await expect(collect(none)).rejects.toThrow('no regular expression');
  });

  it('cuts off a filter that would go on for ever, and answers others', async () => {
    const name = fresh();
    await client.appendToStream(name, jsonEvent({ type: `${'a'.repeat(60)}!`, data: {} }));
    for (const regex of ['^(a+)+$', '^(?!b)(a|aa)+$']) {
      const endless = collect(client.subscribeToAll({ filter: eventTypeFilter({ regex }) }));
      const outcome = expect(endless).rejects.toThrow('takes more than 100 ms');
      expect((await client.appendToStream(name, events(1))).success).toBe(true);
      await outcome;
    }
  });

  describe('a batch append', () => {
    it('is answered where the caller has nothing more to say', async () => {
      const name = fresh();
      const batch = rawBatch(name);
      batch.part({ isFinal: true });
      batch.call.end();
      const answers = (await collect(batch.call)) as Streams.BatchAppendResp[];
      expect(answers.map((answer) => answer.hasSuccess())).toEqual([true]);
      expect(await shown(name)).toEqual([0]);
      batch.close();
    });

    it('that was refused takes no other one with it', async () => {
      const [name, other] = [fresh(), fresh()];
      const [batch, raw] = [rawBatch(name), rawBatch(other)];
      batch.part({ id: 'mine' });
      batch.part({ isFinal: true, isFirst: false });
      batch.call.write(raw.request({ isFinal: true, correlation: 'second' }));
      batch.call.end();
      const answers = (await collect(batch.call)) as Streams.BatchAppendResp[];
      expect(answers.map((answer) => [answer.getCorrelationId()!.getString(), answer.hasSuccess()])).toEqual([
        ['first', false],
        ['second', true],
      ]);
      expect(await shown(other)).toEqual([0]);
      batch.close();
      raw.close();
    });

    it('that is never whole is not kept without bound', async () => {
      const batch = rawBatch(fresh());
      for (let n = 0; n < 20; n += 1) batch.part({ correlation: `open-${n}`, bytes: 1024 * 1024 });
      batch.call.end();
      const answers = (await collect(batch.call)) as Streams.BatchAppendResp[];
      expect(answers.length).toBeGreaterThanOrEqual(3);
      expect(answers.every((answer) => answer.getError()?.getMessage().includes('bytes at once'))).toBe(true);
      batch.close();
    });
  });

  it.each([
    'persistent_subscriptions.PersistentSubscriptions/Create',
    'projections.Projections/Enable',
    'operations.Operations/StartScavenge',
    'users.Users/Details',
    'monitoring.Monitoring/Stats',
  ])('says that it has no %s', async (method) => {
    const raw = new Client(`127.0.0.1:${gateway.port}`, credentials.createInsecure());
    const bytes = (message: Buffer) => message;
    const call = raw.makeServerStreamRequest(`/event_store.client.${method}`, bytes, bytes, Buffer.alloc(0));
    await expect(collect(call)).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
      details: expect.stringMatching(/^the gateway of CIOS has no/) as unknown,
    });
    raw.close();
  });

  it('gossips the address at which it was reached', async () => {
    const gossip = new gossipGrpc.GossipClient(`localhost:${gateway.port}`, credentials.createInsecure());
    const answer = await new Promise<Gossip.ClusterInfo>((resolve, reject) => {
      gossip.read(new sharedPb.Empty(), (error, info) => {
        if (error) reject(error);
        else resolve(info);
      });
    });
    expect(answer.getMembersList().map((member) => member.getHttpEndPoint()!.toObject())).toEqual([
      { address: 'localhost', port: gateway.port },
    ]);
    gossip.close();
  });

  it('goes on beside sockets that say nothing, or nonsense, and frames that are too large', async () => {
    const sockets = ['', 'GET / HTTP/1.1\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\0'.repeat(5000)].map(
      (said) => {
        const socket = connect(gateway.port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write(said);
        return socket;
      },
    );
    const raw = rawClient();
    await expect(raw.append(fresh(), [Buffer.alloc(18 * 1024 * 1024)])).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
    });
    const name = fresh();
    await client.appendToStream(name, events(1));
    expect(await shown(name)).toEqual([0]);
    for (const socket of sockets) socket.destroy();
    raw.close();
  });

  it('forgets subscriptions whose client is gone', async () => {
    const open = following(store);
    const second = await startGateway({ store, port: 0 });
    const other = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${second.port}?tls=false`);
    const name = fresh();
    await other.appendToStream(name, events(1));
    const subscriptions = Array.from({ length: 1000 }, (_, i) =>
      i % 2 === 0 ? other.subscribeToAll({ fromPosition: END }) : other.subscribeToStream(name),
    );
    for (const subscription of subscriptions) subscription.on('error', () => undefined);
    await Promise.all(subscriptions.map((subscription) => once(subscription, 'confirmation')));
    // One each for the half that reads all, one for the other half.
    while (open.count() < 501) await new Promise((resolve) => setTimeout(resolve, 10));
    await other.dispose();
    while (open.count() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await second.close();
    open.stop();
  });

  it('reads no further for a client that does not', async () => {
    const name = fresh();
    const text = 'x'.repeat(10_000);
    for (let n = 0; n < 20; n += 1) {
      const many = Array.from({ length: 100 }, () => jsonEvent({ type: 'Large', data: { text } }));
      await client.appendToStream(name, many);
    }
    const open = following(store);
    const options = new streamsPb.ReadReq.Options().setNoFilter(new sharedPb.Empty());
    options.setAll(new streamsPb.ReadReq.Options.AllOptions().setStart(new sharedPb.Empty()));
    options.setSubscription(new streamsPb.ReadReq.Options.SubscriptionOptions());
    const message = new streamsPb.ReadReq().setOptions(options).serializeBinary();
    const header = Buffer.alloc(5);
    header.writeUInt32BE(message.length, 1);
    // HTTP/2 itself: a gRPC client has megabytes of room before it stops its server.
    const session = http2.connect(`http://127.0.0.1:${gateway.port}`);
    const call = session.request({
      ':method': 'POST',
      ':path': '/event_store.client.streams.Streams/Read',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    call.end(Buffer.concat([header, message]));
    let before = -1;
    while (open.events() === 0 || open.events() > before) {
      before = open.events();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(open.events()).toBeLessThan(Number(await store.head()) - 1000);
    session.destroy();
    while (open.count() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    open.stop();
  });

  /** Counts the subscriptions to the store that are open, and the events they were given. */
  function following(followed: EmbeddedEventStore) {
    const subscribe = followed.subscribe.bind(followed);
    let [count, given] = [0, 0];
    followed.subscribe = async function* (options) {
      count += 1;
      try {
        for await (const item of subscribe(options)) {
          if (item.kind === 'event') given += 1;
          yield item;
        }
      } finally {
        count -= 1;
      }
    };
    const stop = () => {
      followed.subscribe = subscribe;
    };
    return { count: () => count, events: () => given, stop };
  }

  function rawClient() {
    const raw = new streamsGrpc.StreamsClient(`127.0.0.1:${gateway.port}`, credentials.createInsecure());
    return {
      close: () => {
        raw.close();
      },
      append: (
        name: string,
        all: readonly Buffer[],
        { id = randomUUID(), deadline = Infinity }: { id?: string; deadline?: number } = {},
      ) =>
        new Promise((resolve, reject) => {
          const call = raw.append({ deadline }, (error, answer) => {
            if (error) reject(error);
            else resolve(answer);
          });
          const options = new streamsPb.AppendReq.Options().setAny(new sharedPb.Empty());
          options.setStreamIdentifier(new sharedPb.StreamIdentifier().setStreamName(Buffer.from(name)));
          call.write(new streamsPb.AppendReq().setOptions(options));
          for (const data of all) {
            const event = new streamsPb.AppendReq.ProposedMessage().setData(data);
            event.setId(new sharedPb.UUID().setString(id));
            event.getMetadataMap().set('type', 'Tried').set('content-type', 'application/json');
            call.write(new streamsPb.AppendReq().setProposedMessage(event));
          }
          call.end();
        }),
    };
  }

  function rawBatch(name: string) {
    const raw = new streamsGrpc.StreamsClient(`127.0.0.1:${gateway.port}`, credentials.createInsecure());
    const call = raw.batchAppend();
    call.on('error', () => undefined);
    const request = ({
      isFinal = false,
      isFirst = true,
      id = randomUUID() as string,
      correlation = 'first',
      bytes = 2,
    }) => {
      const event = new streamsPb.BatchAppendReq.ProposedMessage().setData(Buffer.alloc(bytes));
      event.setId(new sharedPb.UUID().setString(id)).getMetadataMap().set('type', 'Tried');
      const message = new streamsPb.BatchAppendReq().setIsFinal(isFinal).setProposedMessagesList([event]);
      message.setCorrelationId(new sharedPb.UUID().setString(correlation));
      if (!isFirst) return message;
      const options = new streamsPb.BatchAppendReq.Options().setAny(new emptyPb.Empty());
      options.setStreamIdentifier(new sharedPb.StreamIdentifier().setStreamName(Buffer.from(name)));
      return message.setOptions(options);
    };
    return {
      call,
      request,
      part: (said: Parameters<typeof request>[0]) => call.write(request(said)),
      close: () => {
        raw.close();
      },
    };
  }
});
