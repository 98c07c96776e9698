import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { collect, newEvents } from '../../testing/events.js';
import { openEmbeddedEventStore } from './index.js';
import { Journal, type JournalEntry } from './journal.js';
import { carvedFrom } from './record.js';

const root = mkdtempSync(join(tmpdir(), 'overwriting-'));
let folders = 0;
const folder = () => join(root, String((folders += 1)));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('a journal whose overwriting was cut short', () => {
  const NAMES = ['events-0.journal', 'events-1.journal'];
  const record = { records: [carvedFrom(Buffer.from('record'))] };
  const entry = (position: number): JournalEntry => ({
    streamNumber: 1,
    streamName: 's',
    revision: position,
    position,
    ...record,
  });

  it('is no damage, wherever that was', async () => {
    for (const turns of [1, 2, 3]) {
      const path = folder();
      mkdirSync(path);
      const { journal, id } = Journal.begin(path);
      for (let position = 0; position < 3 * turns; position += 1) {
        if (position > 0 && position % 3 === 0) journal.turn();
        await journal.write([entry(position)]);
      }
      const files = NAMES.map((name) => join(path, name));
      const before = files.map((file) => readFileSync(file));
      journal.erase();
      const after = files.map((file) => readFileSync(file));
      await journal.close({ remove: false });
      // First the beginning of the file whose turn it is, then the other one, then the rest of the first.
      const own = (turns + 1) % 2;
      const states = [
        [0, 0],
        [0, 1],
      ].concat(
        Array.from({ length: 4 }, (_, n) => [n, 1]),
        Array.from({ length: 4 }, (_, n) => [3, n + 1]),
      );
      for (const [ofOther, ofOwn] of states) {
        for (const [i, file] of files.entries()) {
          const cut = 512 * (i === own ? ofOwn! : ofOther!);
          writeFileSync(file, Buffer.concat([after[i]!.subarray(0, cut), before[i]!.subarray(cut)]));
        }
        expect(Journal.read(path, id).every(({ position }) => position < 3 * turns)).toBe(true);
      }
      expect(Journal.read(path, id)).toEqual([]);
    }
  });

  it('hinders no writer after one that was killed as it began its own', async () => {
    const path = folder();
    const store = await openEmbeddedEventStore({ folder: path });
    await store.append('s', newEvents('s', 1), { expected: 'absent' });
    const left = folder();
    await store.backup(left);
    await store.append('s', newEvents('s', 1), { expected: 0n });
    await store.append('s', newEvents('s', 1), { expected: 1n });
    await store.append('s', newEvents('s', 1), { expected: 2n });
    for (const name of NAMES) copyFileSync(join(path, name), join(left, name));
    await store.close();
    jest.spyOn(Journal, 'begin').mockImplementationOnce((at) => {
      for (const file of Journal.paths(at)) writeFileSync(file, Buffer.alloc(512), { flag: 'r+' });
      throw new Error('the power is gone');
    });
    await expect(openEmbeddedEventStore({ folder: left })).rejects.toThrow(/the power is gone/);
    const again = await openEmbeddedEventStore({ folder: left });
    expect(await collect(again.readAll())).toHaveLength(4);
    await again.close();
  });
});
