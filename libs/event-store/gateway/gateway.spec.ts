import { mkdtempSync, rmSync } from 'node:fs';
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
  STREAM_EXISTS,
  streamNameFilter,
} from '@eventstore/db-client';
import { openEmbeddedEventStore, type EmbeddedEventStore } from '../adapters/embedded/index.js';
import { ChainVerifier } from '../chain.js';
import { collect, newEvents } from '../testing/events.js';
import { startGateway, type Gateway } from './index.js';

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
    await client.appendToStream(name, events(2), { expectedRevision: NO_STREAM });
    expect(await shown(name)).toEqual([3, 4]);
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

  it('lets nobody else take a name that CIOS gives its streams', async () => {
    for (const name of ['region-data', 'build-of-nobody', 'version-set-1']) {
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
});
