import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type NewEvent } from '../../port/event-store.js';
import { collect, newEvents } from '../../testing/events.js';
import { openEmbeddedEventStore } from './index.js';
import { identityOf } from './lease.js';
import { Journal, type JournalEntry } from './journal.js';
import { carvedFrom } from './record.js';
import { EventTree } from './tree.js';

const NAMES = ['events-0.journal', 'events-1.journal'];
const root = mkdtempSync(join(tmpdir(), 'journal-'));
let folders = 0;
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function folder(): string {
  const path = join(root, String((folders += 1)));
  mkdirSync(path);
  return path;
}

function entry(position: number, text = `record ${position}`): JournalEntry {
  return {
    streamNumber: position % 3,
    streamName: `ström-${position % 3}`,
    revision: Math.floor(position / 3),
    position,
    records: [carvedFrom(Buffer.from(text))],
  };
}

function texts(path: string, id: string): readonly string[] {
  return Journal.read(path, id).flatMap(({ records }) =>
    records.map(({ slab, start, end }) => slab.toString('utf8', start, end)),
  );
}

function change(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(path, bytes);
}

describe('Journal', () => {
  it('gives back what was written since both files were begun anew, oldest first', async () => {
    const path = folder();
    const { journal, id } = Journal.begin(path);
    await journal.write([entry(0), entry(1)]);
    await journal.write([entry(2, 'x'.repeat(3000))]);
    expect(Journal.read(path, id).map((e) => [e.streamName, e.revision, e.position])).toEqual([
      ['ström-0', 0, 0],
      ['ström-1', 0, 1],
      ['ström-2', 0, 2],
    ]);
    journal.turn();
    await journal.write([entry(3)]);
    expect(texts(path, id)).toEqual(['record 0', 'record 1', 'x'.repeat(3000), 'record 3']);
    journal.turn();
    await journal.write([entry(4)]);
    expect(texts(path, id)).toEqual(['record 3', 'record 4']);
    await journal.close({ remove: true });
    expect(readdirSync(path)).toEqual([]);
  });

  it('holds a group that is larger than its buffer', async () => {
    const path = folder();
    const { journal, id } = Journal.begin(path);
    const large = 'y'.repeat(3 * 1024 * 1024);
    await journal.write([entry(0), entry(1, large)]);
    await journal.write([entry(2)]);
    expect(texts(path, id)).toEqual(['record 0', large, 'record 2']);
    await journal.close({ remove: false });
  });

  it('ends where a frame is torn, and names one that is damaged before whole ones', async () => {
    const path = folder();
    const { journal, id } = Journal.begin(path);
    for (let i = 0; i < 4; i += 1) await journal.write([entry(i)]);
    await journal.close({ remove: false });
    const file = join(path, 'events-1.journal');
    change(file, 3 * 512 + 30);
    expect(texts(path, id)).toEqual(['record 0', 'record 1', 'record 2']);
    for (const at of [0, 30, 512]) {
      const damaged = folder();
      copyFileSync(file, join(damaged, 'events-1.journal'));
      change(join(damaged, 'events-1.journal'), at);
      expect(() => Journal.read(damaged, id)).toThrow(/events-1\.journal is damaged at byte \d+/);
    }
  });

  it('leaves nothing of what it held when it is erased', async () => {
    const path = folder();
    const { journal, id } = Journal.begin(path);
    await journal.write([entry(0, 'hush-hush')]);
    journal.turn();
    await journal.write([entry(1, 'hush-hush')]);
    journal.erase();
    expect(readdirSync(path).filter((name) => readFileSync(join(path, name)).includes('hush'))).toEqual([]);
    await journal.write([entry(2)]);
    expect(Journal.read(path, id)).toMatchObject([{ position: 2 }]);
    await journal.close({ remove: true });
  });
});

/** What a writer that was killed now would leave: two appends of three events that are in the journal alone. */
async function killedWriter(): Promise<{ readonly path: string; readonly last: readonly NewEvent[] }> {
  const path = folder();
  const store = await openEmbeddedEventStore({ folder: path });
  await store.append('first', newEvents('first', 2), { expected: 'absent' });
  await store.backup(join(path, 'before'));
  const left = folder();
  copyFileSync(join(path, 'before', 'events.mdb'), join(left, 'events.mdb'));
  const last = newEvents('s', 3);
  await store.append('s', newEvents('s', 3), { expected: 'absent' });
  await store.append('s', last, { expected: 2n });
  for (const name of NAMES) copyFileSync(join(path, name), join(left, name));
  await store.close();
  return { path: left, last };
}

/** Arguments of node that open the store of `path` in a process of its own and run `code`. */
function storeScript(path: string, code: string): string[] {
  const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const script = `import { openEmbeddedEventStore } from ${url('./index.ts')};
    import { newEvents } from ${url('../../testing/events.ts')};
    const store = await openEmbeddedEventStore({ folder: ${JSON.stringify(path)} });
    ${code}`;
  const loader = new URL('../../../../scripts/typescript.mjs', import.meta.url).href;
  return ['--conditions', 'cios-source', '--import', loader, '--input-type', 'module', '--eval', script];
}

describe('an embedded event store and its journal', () => {
  it('reads at once what was acknowledged, in both directions, as the tree has it later', async () => {
    const store = await openEmbeddedEventStore({ folder: folder() });
    const read = async () => ({
      all: await collect(store.readAll()),
      back: await collect(store.readAll({ direction: 'backwards', limit: 3 })),
      stream: await collect(store.readStream('s', { from: 1n, limit: 4 })),
      streamBack: await collect(store.readStream('s', { direction: 'backwards', limit: 3 })),
      scanned: [...store.scan()],
    });
    for (let i = 0; i < 4; i += 1) {
      await store.append('s', newEvents('s', 2), { expected: i === 0 ? 'absent' : BigInt(2 * i - 1) });
      await store.append(`t${i}`, newEvents(`t${i}`, 1), { expected: 'absent' });
      const early = await read();
      expect(early.all.map((e) => Number(e.position))).toEqual(
        Array.from({ length: 3 * (i + 1) }, (_, n) => n),
      );
      expect(early.streamBack[0]!.revision).toBe(BigInt(2 * i + 1));
      // The last round takes what is in the tree for sure.
      if (i === 3) await store.backup(folder());
      expect(await read()).toEqual(early);
    }
    await store.close();
  });

  it('takes in what a killed writer left in the journal, once', async () => {
    const { path, last } = await killedWriter();
    for (let round = 0; round < 2; round += 1) {
      const store = await openEmbeddedEventStore({ folder: path });
      const events = await collect(store.readAll());
      expect(events.map((e) => `${e.stream}@${e.revision}`)).toEqual([
        ...['first@0', 'first@1'],
        ...['s@0', 's@1', 's@2', 's@3', 's@4', 's@5'],
      ]);
      expect([...store.scan()].filter((s) => s.problem !== undefined)).toEqual([]);
      const again = await store.append('s', last, { expected: 2n });
      expect(again).toMatchObject({ repeated: true, revision: 5n, position: 7n });
      await store.close();
      expect(readdirSync(path).filter((name) => name.endsWith('journal'))).toEqual([]);
    }
  });

  it('shows a reader what a killed writer left, and puts it into a copy', async () => {
    const { path } = await killedWriter();
    const reader = await openEmbeddedEventStore({ folder: path, readOnly: true });
    const events = await collect(reader.readAll());
    expect(events).toHaveLength(8);
    expect(await collect(reader.readStream('s', { direction: 'backwards' }))).toEqual(
      events.slice(2).reverse(),
    );
    expect([...reader.scan()].map((s) => s.problem)).toEqual(Array.from({ length: 8 }));
    const copy = folder();
    await reader.backup(copy);
    const code = `await store.append('later', newEvents('later', 1), { expected: 'absent' });
      await store.close();`;
    execFileSync(process.execPath, storeScript(path, code));
    expect(await reader.head()).toBe(8n);
    expect(await collect(reader.readStream('s'))).toEqual(events.slice(2));
    expect((await collect(reader.readAll())).slice(0, 8)).toEqual(events);
    await reader.close();
    const copied = await openEmbeddedEventStore({ folder: copy });
    expect(await collect(copied.readAll())).toEqual(events);
    await copied.close();
  });

  it('copies for a reader all that its living writer acknowledged', async () => {
    const path = folder();
    const writer = await openEmbeddedEventStore({ folder: path });
    await writer.append('s', newEvents('s', 1), { expected: 'absent' });
    const reader = await openEmbeddedEventStore({ folder: path, readOnly: true });
    for (let i = 1; i < 20; i += 1) {
      await writer.append('s', newEvents('s', 1), { expected: BigInt(i - 1) });
      const copy = join(path, `copy-${i}`);
      await reader.backup(copy);
      const copied = await openEmbeddedEventStore({ folder: copy, readOnly: true });
      expect(await copied.head()).toBe(BigInt(i));
      await copied.close();
    }
    await reader.close();
    await writer.close();
  });

  it('keeps nothing of a redacted event in the journal', async () => {
    const path = folder();
    const store = await openEmbeddedEventStore({ folder: path });
    await store.append('s', newEvents('s', 1, { data: { secret: 'hush-hush' } }), { expected: 'absent' });
    const holding = () => NAMES.filter((name) => readFileSync(join(path, name)).includes('hush-hush'));
    expect(holding()).toHaveLength(1);
    const redacting = store.redact(0n);
    await store.append('t', newEvents('t', 1), { expected: 'absent' });
    await redacting;
    expect(holding()).toEqual([]);
    expect((await collect(store.readAll())).map((e) => e.data === null)).toEqual([true, false]);
    await store.close();
  });

  it('is refused where the journal of a killed writer is gone or was mixed up', async () => {
    const path = folder();
    // Ends without a word: the lease and the journal stay.
    const script = storeScript(
      path,
      `await store.append('s', newEvents('s', 1), { expected: 'absent' });
       process.kill(process.pid, 'SIGKILL');`,
    );
    expect(() => execFileSync(process.execPath, script)).toThrow();
    const [first, second] = NAMES.map((name) => join(path, name)) as [string, string];
    const whole = NAMES.map((name) => readFileSync(join(path, name)));
    const used = whole[0]!.length > 0 ? 0 : 1;
    const refused = async (message: RegExp) => {
      for (const readOnly of [true, false])
        await expect(openEmbeddedEventStore({ folder: path, readOnly })).rejects.toMatchObject({
          name: 'StoreUnavailable',
          message: expect.stringMatching(message),
        });
    };
    rmSync(used === 0 ? first : second);
    await refused(/writer was killed, and of its journal .*events-.\.journal is missing/);
    writeFileSync(first, whole[used]!);
    writeFileSync(second, whole[used]!);
    await refused(/events-.\.journal was copied over another file/);
    for (const [i, bytes] of whole.entries()) writeFileSync(join(path, NAMES[i]!), bytes);
    const store = await openEmbeddedEventStore({ folder: path });
    expect(await store.head()).toBe(0n);
    await store.close();
    const again = await openEmbeddedEventStore({ folder: path, readOnly: true });
    expect(await collect(again.readAll())).toHaveLength(1);
    await again.close();
  });

  it('tells a reader that its file was replaced by a compacted one', async () => {
    const path = folder();
    const writer = await openEmbeddedEventStore({ folder: path });
    await writer.append('s', newEvents('s', 1), { expected: 'absent' });
    await writer.close();
    const reader = await openEmbeddedEventStore({ folder: path, readOnly: true });
    const seen = collect(reader.subscribe());
    execFileSync(process.execPath, storeScript(path, 'await store.closeCompacted();'));
    await expect(seen).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining('replaced'),
    });
    await expect(reader.head()).rejects.toMatchObject({ name: 'StoreUnavailable' });
    await reader.close();
    const again = await openEmbeddedEventStore({ folder: path });
    expect(await collect(again.readAll())).toHaveLength(1);
    await again.close();
  });

  it('is refused where the journal is damaged, is of another file, or does not go on from it', async () => {
    const journalled = async (positions: readonly number[]) => {
      const path = folder();
      const tree = new EventTree({ path: join(path, 'events.mdb'), readOnly: false, mapSize: 2 ** 30 });
      const { journal, id } = Journal.begin(path);
      await tree.setJournal({ id, folder: identityOf(path) });
      for (const position of positions) await journal.write([entry(position)]);
      await journal.close({ remove: false });
      await tree.close();
      return path;
    };
    const damaged = await journalled([0, 1, 2]);
    change(join(damaged, 'events-1.journal'), 40);
    const [behind, strange, fresh] = [await journalled([5]), await journalled([0]), await journalled([0])];
    for (const name of ['events.mdb', 'events.mdb-lock']) {
      rmSync(join(strange, name));
      rmSync(join(fresh, name));
      copyFileSync(join(behind, name), join(strange, name));
    }
    const refusals: readonly (readonly [string, RegExp])[] = [
      [damaged, /events-1\.journal is damaged at byte 0.*restore it from a backup/],
      [behind, /journal .* does not go on from it/],
      [strange, /events-1\.journal is of another journal/],
      [fresh, /it is new, and the journal beside it is not/],
    ];
    for (const [path, message] of refusals)
      for (const readOnly of path === fresh ? [false] : [true, false])
        await expect(openEmbeddedEventStore({ folder: path, readOnly })).rejects.toMatchObject({
          name: 'StoreUnavailable',
          message: expect.stringMatching(message),
        });
  });

  it('takes no event for a frame, whatever it holds', async () => {
    const path = folder();
    const { journal, id } = Journal.begin(path);
    await journal.write([entry(0)]);
    const frame = readFileSync(join(path, 'events-1.journal'));
    journal.turn();
    // Aligned like a frame, and whole; but of an earlier journal.
    await journal.write([entry(1, '\0'.repeat(451) + frame.toString('latin1')), entry(2)]);
    await journal.close({ remove: false });
    expect(texts(path, id)).toHaveLength(3);
    const later = Journal.begin(path);
    await later.journal.write([entry(0)]);
    writeFileSync(
      join(path, 'events-1.journal'),
      Buffer.concat([readFileSync(join(path, 'events-1.journal')), frame]),
    );
    expect(texts(path, later.id)).toEqual(['record 0']);
    await later.journal.close({ remove: true });
  });
});
