import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#libs/event-store';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { type Projection } from '#libs/kernel';
import { CheckpointMoved, type CollectionSpec } from '../../port/read-store.js';
import { ProjectionRunner } from '../../projection-runner/index.js';
import { append } from '../../testing/append.js';
import { readStoreContract } from '../../testing/read-store.contract.js';
import { until } from '../../testing/until.js';
import { MongodbReadStore } from './mongodb-read-store.js';
import { ScriptedMongodb, type Fault } from './testing/scripted-mongodb.js';

const transient = ['TransientTransactionError'];
const rows: CollectionSpec = { name: 'rows', version: 1, indexes: { byV: ['v'] } };
let databases = 0;

describe('the scripted server', () => {
  let server: ScriptedMongodb;
  beforeAll(async () => {
    server = await ScriptedMongodb.start();
  });
  afterAll(() => server.down());
  readStoreContract('mongodb → a scripted server of its wire protocol', () =>
    MongodbReadStore.open(server.urlOf(`contract-${++databases}`)),
  );
});

describe('read store faults, answered by mongodb → a scripted server of its wire protocol', () => {
  let server: ScriptedMongodb;
  let store: MongodbReadStore;
  const open = (callMs = 5_000) =>
    MongodbReadStore.open(server.urlOf('faults'), { serverSelectionMs: 1_000, callMs });
  beforeEach(async () => {
    server = await ScriptedMongodb.start();
    store = await open();
  });
  afterEach(async () => {
    await store.close();
    await server.down();
  });

  const commit = (position: bigint, expected: bigint | null, keys = ['a', 'b', 'c'], by = store) =>
    by.commit({
      writes: keys.map((key) => ({ collection: rows, key, position, row: { v: Number(position) } })),
      checkpoint: { name: 'c', position, expected },
    });
  const values = async () => (await store.list<{ v: number }>(rows)).rows.map(({ row }) => row.v);

  it.each<[string, string, Fault]>([
    ['the connection breaks before the commit', 'commitTransaction', { kind: 'drop', when: 'before' }],
    ['the connection breaks after the commit', 'commitTransaction', { kind: 'drop', when: 'after' }],
    ['the connection breaks before a write', 'update', { kind: 'drop', when: 'before' }],
    ['the connection breaks after a write', 'update', { kind: 'drop', when: 'after' }],
    [
      'another transaction is in the way',
      'update',
      { kind: 'error', code: 112, name: 'WriteConflict', labels: transient },
    ],
    [
      'somebody inserts the same id meanwhile',
      'insert',
      { kind: 'error', code: 11_000, name: 'DuplicateKey' },
    ],
    [
      'a bulk write stops in the middle at a duplicate',
      'update',
      { kind: 'partial', index: 1, code: 11_000 },
    ],
    [
      'the primary steps down in the middle',
      'update',
      { kind: 'error', code: 189, name: 'PrimarySteppedDown', labels: transient },
    ],
    [
      'the primary steps down at the commit',
      'commitTransaction',
      {
        kind: 'error',
        code: 11_602,
        name: 'InterruptedDueToReplStateChange',
        labels: ['RetryableWriteError'],
      },
    ],
  ])('stores a batch once where %s', async (_, command, fault) => {
    server.next(command, fault);
    const { checkpointVersion } = await commit(1n, null);
    expect(server.pending).toBe(0);
    expect(await values()).toEqual([1, 1, 1]);
    expect(await store.checkpoint('c')).toEqual({ position: 1n, version: checkpointVersion });
    await commit(2n, checkpointVersion);
    expect(await values()).toEqual([2, 2, 2]);
  });

  it('knows its own commit again where the answer was lost and the next primary has forgotten the transaction', async () => {
    server.next('commitTransaction', { kind: 'drop', when: 'after' });
    server.next('commitTransaction', {
      kind: 'error',
      code: 251,
      name: 'NoSuchTransaction',
      labels: transient,
    });
    const { checkpointVersion } = await commit(1n, null);
    expect(server.pending).toBe(0);
    expect(await store.checkpoint('c')).toEqual({ position: 1n, version: checkpointVersion });
    await expect(commit(2n, null)).rejects.toThrow(CheckpointMoved);
  });

  it('stores nothing of a batch that the server refuses in the middle', async () => {
    server.next('update', { kind: 'partial', index: 2, code: 121 });
    await expect(commit(1n, null)).rejects.toThrow(/scripted at 2/);
    expect(await values()).toEqual([]);
    expect(await store.checkpoint('c')).toBeNull();
    await commit(1n, null);
    expect(await values()).toEqual([1, 1, 1]);
  });

  it.each([
    [6, 'HostUnreachable'],
    [64, 'WriteConcernTimeout'],
    [91, 'ShutdownInProgress'],
    [189, 'PrimarySteppedDown'],
    [10_107, 'NotWritablePrimary'],
    [11_602, 'InterruptedDueToReplStateChange'],
    [13_435, 'NotPrimaryNoSecondaryOk'],
  ])('says that it is away when the server answers %d, and goes on', async (code, name) => {
    server.next('find', { kind: 'error', code, name }, { times: 2 });
    const failed = await store.getDocument('d').catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(StoreUnavailable);
    expect((failed as Error).message).toMatch(
      /^the read store at 127\.0\.0\.1:\d+\/faults cannot be reached: /,
    );
    while (server.pending > 0) await store.getDocument('d').catch(() => undefined);
    expect(await store.getDocument('d')).toBeNull();
  });

  it('gives up a call that is not answered', async () => {
    const hasty = await open(200);
    server.next('find', { kind: 'slow', ms: 2_000 });
    const began = performance.now();
    await expect(hasty.getDocument('d')).rejects.toThrow(/has not answered in time/);
    await expect(hasty.getDocument('d')).resolves.toBeNull();
    expect(performance.now() - began).toBeLessThan(1_500);
    await hasty.close();
  });

  it('says that it is away when it is closed', async () => {
    const closed = await open();
    await closed.close();
    await expect(closed.checkpoint('c')).rejects.toThrow(StoreUnavailable);
  });

  it('ends what a former owner of the checkpoint holds', async () => {
    const { checkpointVersion } = await commit(1n, null);
    // The former owner is inside its transaction, with the checkpoint written, for longer than we wait.
    server.next('update', { kind: 'slow', ms: 4_000 }, { skip: 1 });
    const former = commit(2n, checkpointVersion);
    former.catch(() => undefined);
    await until('the transaction holds the rows', () => server.pending === 0);
    const next = await open();
    const began = performance.now();
    await commit(2n, checkpointVersion, ['a'], next);
    expect(performance.now() - began).toBeLessThan(3_500);
    expect(server.received).toContain('killSessions');
    await expect(former).rejects.toThrow(CheckpointMoved);
    expect(await values()).toEqual([2, 1, 1]);
    await next.close();
  });

  it('creates indexes where it is told its collections, and nowhere else', async () => {
    await store.prepare([rows]);
    expect(server.received.filter((name) => name === 'createIndexes')).toHaveLength(1);
    await commit(1n, null);
    await values();
    expect(server.received.filter((name) => name === 'createIndexes')).toHaveLength(1);
  });

  it('drops a collection that is not there', async () => {
    await store.drop({ ...rows, version: 9 });
    expect(server.received.at(-1)).toBe('drop');
  });

  it('projects on by itself when the server is back', async () => {
    const counts: Projection<{ readonly v: number }> = {
      name: 'rows',
      version: 1,
      types: ['Counted'],
      indexes: { byV: ['v'] },
      keys: () => ['all'],
      apply: (row) => ({ v: (row?.v ?? 0) + 1 }),
    };
    const log = new MemoryEventStore();
    const abort = new AbortController();
    const errors: unknown[] = [];
    const runner = new ProjectionRunner({
      eventStore: log,
      readStore: store,
      projections: [counts],
      leaseTtlMs: 1_000,
      onError: (error) => errors.push(error),
    });
    const running = runner.run(abort.signal);
    const count = async () => (await store.get<{ v: number }>(rows, 'all'))?.row.v;
    await append(log, 's', { type: 'Counted', data: {} });
    await until('the first event is projected', async () => (await count()) === 1);
    await server.down();
    await append(log, 's', { type: 'Counted', data: {} });
    await until('the runner has noticed', () => runner.status().state !== 'running', 20_000);
    await append(log, 's', { type: 'Counted', data: {} });
    await server.up();
    await until('both others are projected', async () => (await count().catch(() => 0)) === 3, 20_000);
    abort.abort();
    await running;
    expect(errors.every((error) => error instanceof StoreUnavailable)).toBe(true);
  });
});

describe('a MongoDB that cannot serve', () => {
  const refused = async (options: Parameters<typeof ScriptedMongodb.start>[0], login = '') => {
    const server = await ScriptedMongodb.start(options);
    if (login !== '')
      server.next('saslStart', { kind: 'error', code: 18, name: 'AuthenticationFailed' }, { times: 9 });
    const url = server.urlOf('cios').replace('//', `//${login}`);
    const error: unknown = await MongodbReadStore.open(url, { serverSelectionMs: 500 }).catch(
      (e: unknown) => e,
    );
    await server.down();
    expect(error).toBeInstanceOf(StoreUnavailable);
    return (error as Error).message;
  };

  it('is named where it is a single server', async () => {
    expect(await refused({ standalone: true })).toMatch(
      /127\.0\.0\.1:\d+\/cios is a single server.*--replSet rs0/,
    );
  });

  it('is named where it is too old', async () => {
    expect(await refused({ wireVersion: 8 })).toMatch(/127\.0\.0\.1:\d+\/cios is too old: .*4\.4 or later/);
  });

  it('is named where it refuses the login, and the password is not', async () => {
    const message = await refused({}, 'cios:secret@');
    expect(message).toMatch(/127\.0\.0\.1:\d+\/cios refuses this login: .*authSource=/);
    expect(message).not.toContain('secret');
  });
});
