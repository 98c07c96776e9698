import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { collect, newEvents } from '../../testing/events.js';
import { openEmbeddedEventStore } from './index.js';
import { Journal, type JournalEntry } from './journal.js';

const root = mkdtempSync(join(tmpdir(), 'write-path-'));
let folders = 0;
const folder = () => join(root, String((folders += 1)));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** Holds the next write into a journal until `go` or `fail` is called. */
function holdWrite(): { readonly begun: Promise<void>; go(): void; fail(error: Error): void } {
  let go!: () => void;
  let fail!: (error: Error) => void;
  let tell!: () => void;
  const gate = new Promise<void>((resolve, reject) => {
    go = resolve;
    fail = reject;
  });
  const begun = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const write = Object.getOwnPropertyDescriptor(Journal.prototype, 'write')!.value as Journal['write'];
  jest.spyOn(Journal.prototype, 'write').mockImplementationOnce(async function (
    this: Journal,
    entries: readonly JournalEntry[],
  ) {
    tell();
    await gate;
    await write.call(this, entries);
  });
  return { begun, go, fail };
}

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'stored',
    (error: unknown) => (error as Error).name,
  );

describe('an append to an embedded event store', () => {
  it('shows nothing to anybody before it is durable', async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    await store.append('s', newEvents('s', 1), { expected: 'absent' });
    const seen: bigint[] = [];
    const watching = (async () => {
      for await (const item of store.subscribe()) if (item.kind === 'event') seen.push(item.event.position);
    })();
    await sleep(1);
    const held = holdWrite();
    const append = store.append('s', newEvents('s', 1), { expected: 0n });
    const fresh = store.append('t', newEvents('t', 1), { expected: 'absent' });
    await held.begun;
    const next = store.append('s', newEvents('s', 1), { expected: 1n });
    await sleep(5);
    expect(await store.head()).toBe(0n);
    expect(await collect(store.readStream('s'))).toHaveLength(1);
    expect(await collect(store.readStream('s', { direction: 'backwards' }))).toHaveLength(1);
    expect(await collect(store.readStream('t'))).toEqual([]);
    expect(await collect(store.readAll())).toHaveLength(1);
    expect(seen).toEqual([0n]);
    held.go();
    expect((await append).position).toBe(1n);
    expect((await fresh).position).toBe(2n);
    expect((await next).position).toBe(3n);
    await sleep(5);
    expect(seen).toEqual([0n, 1n, 2n, 3n]);
    await store.close();
    await watching.catch(() => undefined);
  });

  it('fails with the write before it, and the store goes on where that began', async () => {
    const path = folder();
    const store = await openEmbeddedEventStore({ folder: path });
    await store.append('s', newEvents('s', 2), { expected: 'absent' });
    const held = holdWrite();
    const first = store.append('s', newEvents('s', 2), { expected: 1n });
    const fresh = store.append('t', newEvents('t', 1), { expected: 'absent' });
    await held.begun;
    const onTop = [
      store.append('s', newEvents('s', 1), { expected: 3n }),
      store.append('t', newEvents('t', 1), { expected: 0n }),
      store.append('u', newEvents('u', 1), { expected: 'absent' }),
    ];
    const outcomes = Promise.all([first, fresh, ...onTop].map(outcome));
    held.fail(new Error('EIO: i/o error'));
    expect(await outcomes).toEqual(Array.from({ length: 5 }, () => 'StoreUnavailable'));
    await expect(store.append('s', newEvents('s', 1), { expected: 3n })).rejects.toMatchObject({
      name: 'WrongExpectedRevision',
      actual: 1n,
    });
    expect((await store.append('t', newEvents('t', 1), { expected: 'absent' })).position).toBe(2n);
    expect(await store.append('s', newEvents('s', 1), { expected: 1n })).toMatchObject({
      revision: 2n,
      position: 3n,
    });
    await store.close();
    const again = await openEmbeddedEventStore({ folder: path });
    const events = await collect(again.readAll());
    expect(events.map((e) => `${e.stream}@${e.revision}`)).toEqual(['s@0', 's@1', 't@0', 's@2']);
    expect([...again.scan()].filter((s) => s.problem !== undefined)).toEqual([]);
    await again.close();
  });

  it('is answered by a close in the middle of its write, with what came after it', async () => {
    const path = folder();
    const store = await openEmbeddedEventStore({ folder: path });
    const held = holdWrite();
    const first = outcome(store.append('s', newEvents('s', 1), { expected: 'absent' }));
    await held.begun;
    const second = outcome(store.append('s', newEvents('s', 1), { expected: 0n }));
    const closing = store.close();
    expect(await outcome(store.append('s', newEvents('s', 1), { expected: 1n }))).toBe('StoreUnavailable');
    held.go();
    await closing;
    expect(await Promise.all([first, second])).toEqual(['stored', 'stored']);
    const again = await openEmbeddedEventStore({ folder: path });
    expect(await again.head()).toBe(1n);
    await again.close();
  });

  it('waits for a redaction and a copy that came in the middle of a write', async () => {
    const path = folder();
    const store = await openEmbeddedEventStore({ folder: path });
    await store.append('s', newEvents('s', 1), { expected: 'absent' });
    const held = holdWrite();
    const first = store.append('s', newEvents('s', 1), { expected: 0n });
    await held.begun;
    const copy = folder();
    const doing = [store.redact(0n), store.backup(copy)];
    const second = store.append('s', newEvents('s', 1), { expected: 1n });
    held.go();
    await Promise.all([first, second, ...doing]);
    const copied = await openEmbeddedEventStore({ folder: copy });
    expect(Number(await copied.head())).toBeGreaterThanOrEqual(0);
    await copied.close();
    expect((await collect(store.readAll())).map((e) => e.data === null)).toEqual([true, false, false]);
    await store.close();
  });

  it('has its own deadline, whatever those before it have', async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    const held = holdWrite();
    const patient = outcome(store.append('s', newEvents('s', 1), { expected: 'absent' }));
    await held.begun;
    const hasty = store.append('t', newEvents('t', 1), { expected: 'absent', deadlineMs: 10 });
    const answer = await Promise.race([outcome(hasty), sleep(1000, 'nothing', { ref: false })]);
    expect(answer).toBe('DeadlineExceeded');
    held.go();
    expect(await patient).toBe('stored');
    await store.close();
  });

  it('is stored once when it is repeated after its deadline', async () => {
    for (const expected of ['any', 'absent'] as const) {
      const store = await openEmbeddedEventStore({ folder: folder() });
      const events = newEvents('s', 2);
      const held = holdWrite();
      const late = outcome(store.append('s', events, { expected, deadlineMs: 1 }));
      await held.begun;
      expect(await late).toBe('DeadlineExceeded');
      expect(await outcome(store.append('s', events, { expected, deadlineMs: 1 }))).toBe('DeadlineExceeded');
      const during = store.append('s', events, { expected });
      held.go();
      for (const again of [await during, await store.append('s', events, { expected })])
        expect(again).toMatchObject({ repeated: true, revision: 1n, position: 1n });
      expect(await store.head()).toBe(1n);
      await store.close();
    }
  });

  it('is stored when it is repeated after it could not be written', async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    const events = newEvents('s', 2);
    const held = holdWrite();
    const failed = outcome(store.append('s', events, { expected: 'any' }));
    await held.begun;
    const repeated = outcome(store.append('s', events, { expected: 'any' }));
    held.fail(new Error('EIO: i/o error'));
    expect([await failed, await repeated]).toEqual(['StoreUnavailable', 'StoreUnavailable']);
    expect(await store.append('s', events, { expected: 'any' })).toMatchObject({ repeated: false });
    expect(await store.append('s', events, { expected: 'any' })).toMatchObject({ repeated: true });
    expect(await store.head()).toBe(1n);
    await store.close();
  });

  it('is answered without what was redacted when it is repeated', async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    const events = newEvents('s', 2);
    const first = await store.append('s', events, { expected: 'any' });
    expect(await store.append('s', events, { expected: 'any' })).toEqual({ ...first, repeated: true });
    await store.redact(0n);
    const { events: answered } = await store.append('s', events, { expected: 'any' });
    expect(answered!.map(({ data }) => data === null)).toEqual([true, false]);
    await store.close();
  });

  it('is answered alike when it is repeated together with the one after it', async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    const events = newEvents('s', 3);
    await store.append('s', events.slice(0, 2), { expected: 'absent' });
    await store.append('t', newEvents('t', 1), { expected: 'absent' });
    const held = holdWrite();
    void store.append('s', events.slice(2), { expected: 1n });
    await held.begun;
    const both = store.append('s', events, { expected: 'absent' });
    held.go();
    expect(await both).toMatchObject({ repeated: true, revision: 2n, position: 3n });
    expect((await both).events!.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    await store.close();
  });
});
