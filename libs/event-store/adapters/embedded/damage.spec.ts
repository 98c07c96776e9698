import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collect, newEvents } from '../../testing/events.js';
import { mulberry32 } from '../../testing/kill.js';
import { checkPages, Pages, readMeta, type Meta } from './check-pages.js';
import { openEmbeddedEventStore } from './index.js';

const root = mkdtempSync(join(tmpdir(), 'damage-'));
const whole = join(root, 'whole');
const PAGE = 4096;
const EVENTS = 2000;
let folders = 0;

beforeAll(async () => {
  const store = await openEmbeddedEventStore({ folder: whole });
  for (let i = 0; i < EVENTS; i += 1) {
    const data = { marker: `marker-${String(i).padStart(4, '0')}` };
    void store.append(`s-${i}`, newEvents(`s-${i}`, 1, { data }), { expected: 'absent' });
  }
  await store.close();
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A copy of the store, as its folder and its file. */
function copy(): { readonly folder: string; readonly file: string } {
  const folder = join(root, String((folders += 1)));
  mkdirSync(folder);
  for (const name of ['events.mdb', 'events.mdb-lock']) copyFileSync(join(whole, name), join(folder, name));
  return { folder, file: join(folder, 'events.mdb') };
}

async function contentOf(folder: string): Promise<readonly string[]> {
  const store = await openEmbeddedEventStore({ folder });
  try {
    return (await collect(store.readAll())).map(
      (event) => `${event.position} ${event.id} ${event.metadata.hash}`,
    );
  } finally {
    await store.close();
  }
}

/** Every page that holds `marker`: the one in use, and older ones that were not written again. */
function changePageOf(file: string, marker: string, change: (page: Buffer) => void): void {
  const bytes = readFileSync(file);
  for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + 1)) {
    const start = at - (at % PAGE);
    change(bytes.subarray(start, start + PAGE));
  }
  writeFileSync(file, bytes);
}

describe('a damaged file of an embedded event store', () => {
  it.each([
    { how: 'cut short by one page', cut: (size: number) => size - PAGE },
    { how: 'cut in half', cut: (size: number) => Math.floor(size / 2) },
    { how: 'cut to its first page', cut: () => PAGE },
    { how: 'emptied', cut: () => 0 },
  ])('is refused at start when it was $how', async ({ cut }) => {
    for (const readOnly of [false, true]) {
      const { folder, file } = copy();
      truncateSync(file, cut(readFileSync(file).length));
      const before = readFileSync(file);
      await expect(openEmbeddedEventStore({ folder, readOnly })).rejects.toMatchObject({
        name: 'StoreUnavailable',
        message: expect.stringMatching(/events\.mdb.*restore it from a backup/),
      });
      expect(readFileSync(file).equals(before)).toBe(true);
    }
  });

  it('is refused at start when it is gone, and no new one begins in its place', async () => {
    const { folder, file } = copy();
    rmSync(file);
    await expect(openEmbeddedEventStore({ folder })).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringMatching(/events\.mdb.*is missing.*restore it from a backup/),
    });
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });

  it.each([
    { how: 'overwritten with zeros', change: (page: Buffer) => page.fill(0) },
    { how: 'overwritten with zeros behind its header', change: (page: Buffer) => page.fill(0, 24) },
    { how: 'overwritten with noise', change: (page: Buffer) => page.fill(0xa5) },
    { how: 'overwritten with noise in its second half', change: (page: Buffer) => page.fill(0xa5, 2000) },
    { how: 'swapped for another', change: (page: Buffer) => page.writeUInt8(page[0]! ^ 1, 0) },
  ])('is refused at start, its page named, when a page was $how', async ({ change }) => {
    for (const marker of ['marker-0100', 'marker-1900'])
      for (const readOnly of [false, true]) {
        const { folder, file } = copy();
        changePageOf(file, marker, change);
        await expect(openEmbeddedEventStore({ folder, readOnly })).rejects.toMatchObject({
          name: 'StoreUnavailable',
          message: expect.stringMatching(/events\.mdb.*page \d+.*restore it from a backup/),
        });
      }
  });

  it('is refused at start when the root of its main tree was altered, whichever page it leads to', async () => {
    const bytes = readFileSync(join(whole, 'events.mdb'));
    const [MAIN_ROOT_AT, TXN_AT] = [136, 152];
    const newer = bytes.readBigUInt64LE(TXN_AT) > bytes.readBigUInt64LE(PAGE + TXN_AT) ? 0 : PAGE;
    const root = bytes.readBigUInt64LE(newer + MAIN_ROOT_AT);
    const { folder, file } = copy();
    checkPages(file);
    for (let page = 0n; page < BigInt(bytes.length / PAGE); page += 1n) {
      if (page === root) continue;
      bytes.writeBigUInt64LE(page, newer + MAIN_ROOT_AT);
      writeFileSync(file, bytes);
      expect(() => {
        checkPages(file);
      }).toThrow(/page/);
    }
    await expect(openEmbeddedEventStore({ folder })).rejects.toMatchObject({ name: 'StoreUnavailable' });
  });

  it('is refused at start when its first two pages are of different formats', async () => {
    const [VERSION_AT, PAGE_SIZE_AT] = [28, 48];
    for (const page of [0, PAGE])
      for (const at of [VERSION_AT, VERSION_AT + 1, PAGE_SIZE_AT + 1, PAGE_SIZE_AT + 2, PAGE_SIZE_AT + 3]) {
        const { folder, file } = copy();
        const bytes = readFileSync(file);
        bytes[page + at] = bytes[page + at]! ^ 1;
        writeFileSync(file, bytes);
        await expect(openEmbeddedEventStore({ folder })).rejects.toMatchObject({
          name: 'StoreUnavailable',
          message: expect.stringMatching(/second page is not there|first two pages is damaged/),
        });
      }
  });

  it('never ends the process, whichever byte of it was altered: it is refused, or named when read', async () => {
    const sound = await contentOf(whole);
    const random = mulberry32(3);
    for (let round = 0; round < 60; round += 1) {
      const { folder, file } = copy();
      const bytes = readFileSync(file);
      // Most of them in the parts of a page that say where things are.
      const page = Math.floor(random() * (bytes.length / PAGE)) * PAGE;
      const at = page + Math.floor(random() * (round % 3 === 0 ? PAGE : 80));
      bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8));
      writeFileSync(file, bytes);
      const content = await contentOf(folder).catch((error: unknown) => (error as Error).name);
      if (typeof content === 'string') expect(['StoreUnavailable', 'RecordCorrupted']).toContain(content);
      else expect(content).toEqual(sound);
      rmSync(folder, { recursive: true });
    }
  });

  it('is not seen in pages that a writer has written again since', async () => {
    const { folder, file } = copy();
    const store = await openEmbeddedEventStore({ folder });
    const opened = openSync(file, 'r');
    const seen: Meta[] = [];
    for (let round = 0; round < 20; round += 1) {
      seen.push(readMeta(opened));
      const appends = Array.from({ length: 20 }, (_, i) =>
        store.append(`t-${round}-${i}`, newEvents(`t-${round}-${i}`, 5), { expected: 'absent' }),
      );
      await Promise.all(appends);
      await store.backup(join(folder, `copy-${round}`));
    }
    for (const meta of seen)
      expect(() => {
        new Pages(opened, meta).check();
      }).not.toThrow();
    closeSync(opened);
    await store.close();
  });

  it('is named when one bit of an old record is flipped: reading stops there, a scan tells all', async () => {
    const { folder, file } = copy();
    const bytes = readFileSync(file);
    for (let at = bytes.indexOf('marker-0100'); at >= 0; at = bytes.indexOf('marker-0100', at + 1))
      bytes[at + 9] = bytes[at + 9]! ^ 4;
    writeFileSync(file, bytes);
    const store = await openEmbeddedEventStore({ folder });
    await expect(collect(store.readAll())).rejects.toMatchObject({ name: 'RecordCorrupted', position: 100n });
    const scanned = [...store.scan()];
    expect(scanned.filter((s) => s.problem !== undefined).map((s) => s.position)).toEqual([100n]);
    expect(scanned).toHaveLength(EVENTS);
    await store.close();
  });
});
