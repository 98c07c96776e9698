import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type DomainEvent } from '#libs/kernel';
import { AggregateStore } from '../../aggregate-store.js';
import { isRedacted, verifyStream } from '../../chain.js';
import { type Aggregate } from '../../port/aggregates.js';
import { type EventStore } from '../../port/event-store.js';
import { eventStoreContract } from '../../testing/event-store.contract.js';
import { collect, newEvents } from '../../testing/events.js';
import { slowSubscriber } from '../../testing/slow-subscriber.js';
import { openEmbeddedEventStore } from './index.js';

const root = mkdtempSync(join(tmpdir(), 'events-'));
let folders = 0;
const folder = () => join(root, String((folders += 1)));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

eventStoreContract('embedded (lmdb)', () => openEmbeddedEventStore({ folder: folder() }));

/** Writes the number that a command is. */
const lines: Aggregate<number, number, DomainEvent<'Line', number>> = {
  name: 'line',
  streamOf: (id) => id,
  decider: { initial: 0, decide: (n) => [{ type: 'Line', data: n }], evolve: (state) => state + 1 },
};

describe('an embedded event store and whoever is slow', () => {
  const opened: EventStore[] = [];
  afterAll(async () => {
    for (const store of opened) await store.close();
  });
  slowSubscriber(async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    opened.push(store);
    return { store, writer: store };
  });
});

describe('the folder of an embedded event store', () => {
  const stream = 's';

  it('keeps everything over a restart', async () => {
    const path = folder();
    const first = await openEmbeddedEventStore({ folder: path });
    const events = newEvents(stream, 300);
    await first.append(stream, events, { expected: 'absent' });
    const recorded = await collect(first.readAll());
    await first.close();
    const second = await openEmbeddedEventStore({ folder: path });
    expect(await collect(second.readAll())).toEqual(recorded);
    expect(await second.append(stream, events, { expected: 'absent' })).toMatchObject({
      repeated: true,
      position: 299n,
    });
    expect((await second.append('t', newEvents('t', 1), { expected: 'absent' })).position).toBe(300n);
    await second.close();
  });

  it('never records an earlier time than before, whatever the clock does', async () => {
    const path = folder();
    let now = Date.parse('2026-01-02T00:00:00.000Z');
    const times = async (day: string, name: string) => {
      const store = await openEmbeddedEventStore({ folder: path, clock: () => now });
      await store.append(name, newEvents(name, 1), { expected: 'absent' });
      now = Date.parse(day);
      await store.append(name, newEvents(name, 1), { expected: 0n });
      const recorded = (await collect(store.readAll())).map((e) => e.recordedAt.slice(0, 10));
      await store.close();
      return recorded;
    };
    expect(await times('2026-01-01', 'a')).toEqual(['2026-01-02', '2026-01-02']);
    expect((await times('2026-01-03', 'b')).slice(2)).toEqual(['2026-01-02', '2026-01-03']);
  });

  it('has one writer, and tells a second one who that is', async () => {
    const path = folder();
    const store = await openEmbeddedEventStore({ folder: path });
    await expect(openEmbeddedEventStore({ folder: path })).rejects.toMatchObject({
      refusal: { code: 'event-store/in-use', details: { pid: process.pid } },
    });
    await store.close();
    await (await openEmbeddedEventStore({ folder: path })).close();
  });

  it('takes over the lease of a dead process, of a reused pid, and one that came with a copy', async () => {
    const path = folder();
    const store = await openEmbeddedEventStore({ folder: path });
    await store.append(stream, newEvents(stream, 1), { expected: 'absent' });
    const copy = folder();
    cpSync(path, copy, { recursive: true });
    const copied = await openEmbeddedEventStore({ folder: copy });
    expect(await copied.head()).toBe(0n);
    await copied.close();
    const lease = join(path, 'writer.json');
    const held = JSON.parse(readFileSync(lease, 'utf8')) as object;
    await store.close();
    for (const stale of [{ ...held, pid: 2 ** 22 + 1 }, { ...held, started: 'earlier' }, 'torn']) {
      writeFileSync(lease, typeof stale === 'string' ? '{"pid' : JSON.stringify(stale));
      await (await openEmbeddedEventStore({ folder: path })).close();
    }
  });

  it('is refused beside a writer in another container, until that one has long been silent', async () => {
    const path = folder();
    const store = await openEmbeddedEventStore({ folder: path });
    const lease = join(path, 'writer.json');
    const held = JSON.parse(readFileSync(lease, 'utf8')) as object;
    await store.close();
    writeFileSync(lease, JSON.stringify({ ...held, pid: 2 ** 22 + 1, namespace: 'pid:[1]' }));
    await expect(openEmbeddedEventStore({ folder: path })).rejects.toMatchObject({
      name: 'Refused',
      message: expect.stringContaining('of another container or host'),
    });
    const before = new Date(Date.now() - 11_000);
    utimesSync(lease, before, before);
    await (await openEmbeddedEventStore({ folder: path })).close();
  });

  it('is read and followed beside its writer, and not written', async () => {
    const path = folder();
    await expect(openEmbeddedEventStore({ folder: path, readOnly: true })).rejects.toMatchObject({
      name: 'StoreUnavailable',
    });
    const writer = await openEmbeddedEventStore({ folder: path });
    expect(statSync(path).mode & 0o777).toBe(0o700);
    await writer.append(stream, newEvents(stream, 1), { expected: 'absent' });
    const reader = await openEmbeddedEventStore({ folder: path, readOnly: true });
    expect(await reader.head()).toBe(0n);
    const seen = (async () => {
      let n = 0;
      for await (const item of reader.subscribe()) if (item.kind === 'event' && (n += 1) === 11) return n;
      return n;
    })();
    for (let i = 0; i < 10; i += 1) {
      const data = { [`shape${i}`]: { [`inner${i}`]: i } };
      await writer.append(`live-${i}`, newEvents(`live-${i}`, 1, { data }), { expected: 'absent' });
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(await seen).toBe(11);
    expect(await collect(reader.readAll())).toEqual(await collect(writer.readAll()));
    await expect(reader.append('x', newEvents('x', 1), { expected: 'any' })).rejects.toMatchObject({
      name: 'StoreUnavailable',
    });
    await reader.close();
    await writer.close();
  });

  it('names an altered record when it is read, and scans past it', async () => {
    const path = folder();
    const store = await openEmbeddedEventStore({ folder: path });
    for (let i = 0; i < 400; i += 1) {
      const marker = `marker-${String(i).padStart(4, '0')}`;
      void store.append(stream, newEvents(stream, 1, { data: { marker } }), {
        expected: i === 0 ? 'absent' : BigInt(i - 1),
      });
    }
    await store.close();
    const file = join(path, 'events.mdb');
    const bytes = readFileSync(file);
    for (let at = bytes.indexOf('marker-0042'); at >= 0; at = bytes.indexOf('marker-0042', at))
      bytes.write('m4rker', at);
    writeFileSync(file, bytes);
    const altered = await openEmbeddedEventStore({ folder: path });
    await expect(collect(altered.readAll())).rejects.toMatchObject({
      name: 'RecordCorrupted',
      position: 42n,
    });
    expect([...altered.scan()].filter((s) => s.problem !== undefined).map((s) => s.position)).toEqual([42n]);
    expect([...altered.scan()]).toHaveLength(400);
    await altered.close();
    for (let at = bytes.indexOf('marker-0390'); at >= 0; at = bytes.indexOf('marker-0390', at))
      bytes.write('m4rker', at);
    writeFileSync(file, bytes);
    await expect(openEmbeddedEventStore({ folder: path })).rejects.toMatchObject({ position: 390n });
    const audited = await openEmbeddedEventStore({ folder: path, readOnly: true });
    const problems = [...audited.scan()].filter((s) => s.problem !== undefined);
    expect(problems.map((s) => s.position)).toEqual([42n, 390n]);
    await audited.close();
    writeFileSync(file, 'no event store at all'.repeat(1000));
    for (const readOnly of [true, false]) {
      await expect(openEmbeddedEventStore({ folder: path, readOnly })).rejects.toMatchObject({
        name: 'StoreUnavailable',
        message: expect.stringContaining('restore it from a backup'),
      });
    }
  });

  it('redacts an event and keeps its chain', async () => {
    const path = folder();
    const store = await openEmbeddedEventStore({ folder: path });
    await store.append(stream, newEvents(stream, 5, { data: { secret: 'hush-hush' } }), {
      expected: 'absent',
    });
    await store.redact(2n);
    await expect(store.redact(5n)).rejects.toThrow(RangeError);
    const target = folder();
    await store.backup(target);
    await store.close();
    const copy = await openEmbeddedEventStore({ folder: target });
    const events = await collect(copy.readAll());
    expect(events.map(isRedacted)).toEqual([false, false, true, false, false]);
    expect(verifyStream(events)).toBeNull();
    expect([...copy.scan()].filter((s) => s.problem !== undefined)).toEqual([]);
    await copy.close();
  });

  it('writes many large appends in groups, in the order in which they came', async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    const data = { text: 'x'.repeat(900 * 1024) };
    const appends = Array.from({ length: 24 }, (_, i) =>
      store.append(`large-${i}`, newEvents(`large-${i}`, 1, { data }), { expected: 'absent' }),
    );
    const answered = await Promise.all(appends);
    expect(answered.map(({ position }) => Number(position))).toEqual(Array.from({ length: 24 }, (_, i) => i));
    const events = await collect(store.readAll());
    expect(events.map((event) => event.stream)).toEqual(answered.map((_, i) => `large-${i}`));
    await store.close();
  });

  it('commits commands on one stream together', async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    const aggregates = new AggregateStore(store);
    const results = await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        aggregates.execute(lines, 'one', n, {
          commandId: `c${n}`,
          actor: 'a',
          occurredAt: '2026-01-01T00:00:00.000Z',
          correlationId: 'c',
        }),
      ),
    );
    expect(results.map((r) => Number(r.revision))).toEqual(Array.from({ length: 500 }, (_, n) => n));
    const events = await collect(store.readStream('one'));
    expect(events.map((e) => e.data)).toEqual(Array.from({ length: 500 }, (_, n) => n));
    expect(verifyStream(events)).toBeNull();
    await store.close();
  });

  it('carries out a command that is sent twice at once only once', async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    const aggregates = new AggregateStore(store);
    const context = {
      commandId: 'twice',
      actor: 'a',
      occurredAt: '2026-01-01T00:00:00.000Z',
      correlationId: 'c',
    };
    const answers = await Promise.all([1, 2, 3].map(() => aggregates.execute(lines, 'one', 7, context)));
    expect(answers.map((a) => [a.revision, a.repeated])).toEqual([
      [0n, false],
      [0n, true],
      [0n, true],
    ]);
    expect(await collect(store.readAll())).toHaveLength(1);
    await store.close();
  });

  it('has nothing after a position from another, longer store, and goes on from there when it comes', async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    await store.append(stream, newEvents(stream, 3), { expected: 'absent' });
    expect(await collect(store.readAll({ after: 1000n }))).toEqual([]);
    expect(await collect(store.readStream(stream, { from: 2n ** 40n }))).toEqual([]);
    expect(await collect(store.readAll({ after: 1000n, direction: 'backwards' }))).toHaveLength(3);
    const items = store.subscribe({ after: 4n })[Symbol.asyncIterator]();
    expect((await items.next()).value).toEqual({ kind: 'caught-up', position: 4n });
    const next = items.next();
    await store.append(stream, newEvents(stream, 4), { expected: 2n });
    expect((await next).value).toMatchObject({ kind: 'event', event: { position: 5n } });
    await items.return?.();
    await store.close();
  });

  it('is copied while it is written', async () => {
    const path = folder();
    const store = await openEmbeddedEventStore({ folder: path });
    await store.append(stream, newEvents(stream, 50), { expected: 'absent' });
    const target = folder();
    const more = store.append('t', newEvents('t', 50), { expected: 'absent' });
    await store.backup(target);
    await more;
    const copy = await openEmbeddedEventStore({ folder: target });
    const copied = await collect(copy.readAll());
    expect(copied.length).toBeGreaterThanOrEqual(50);
    expect(copied).toEqual((await collect(store.readAll())).slice(0, copied.length));
    await copy.close();
    await store.close();
  });

  it('gives up on an append whose deadline passes', async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    const append = store.append(stream, newEvents(stream, 1), { expected: 'absent', deadlineMs: 0 });
    const end = Date.now() + 20;
    while (Date.now() < end);
    const outcome = await append.then(
      () => 'stored',
      (error: unknown) => (error as Error).name,
    );
    expect(['stored', 'DeadlineExceeded']).toContain(outcome);
    await store.close();
  });
});
