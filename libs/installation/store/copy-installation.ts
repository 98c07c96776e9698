import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { EmbeddedReadStore } from '#libs/read-store/adapters/embedded';
import { refuse, Refused } from '#libs/kernel';
import { besides, placesIn, type Places } from './places.js';

const EVENTS_FILE = 'events.mdb';
const ROWS_FILE = 'data.mdb';
const COPIES_AT_ONCE = 8;

/**
 * Copies a live installation into an empty folder, durable when it resolves. The order makes it consistent without stopping
 * anybody: read models first, because they may lag behind events but not run ahead of them; blobs after the events, because each
 * is there before the event that names it; the world of local executors last, because the world is always ahead.
 */
export async function copyInstallation(from: Places, folder: string): Promise<void> {
  mustHoldEvents(from);
  const to = placesIn(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (from.rows !== null && existsSync(join(from.rows, ROWS_FILE))) await copyRows(from.rows, to.rows);
  const store = await openEmbeddedEventStore({ folder: from.events, readOnly: true });
  try {
    await store.backup(to.events);
  } finally {
    await store.close();
  }
  await copyBlobs(from.blobs, to.blobs);
  for (const part of besides) await copyFolder(join(from.data, part), join(folder, part));
}

/** Refuses `store/no-store`. */
export function mustHoldEvents(from: Places): void {
  if (!existsSync(join(from.events, EVENTS_FILE)))
    throw new Refused(
      refuse('store/no-store', `there is no event store in ${from.events}`, {
        fix: 'name the folder of an installation: the one that cios up serves',
      }),
    );
}

/** The same from a folder that nobody writes: a backup. */
export async function copyBackup(from: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const part of ['read', 'events', 'blobs', ...besides])
    await copyFolder(join(from, part), join(folder, part));
}

async function copyRows(from: string, to: string): Promise<void> {
  const store = new EmbeddedReadStore(from);
  try {
    await store.backup(to);
    await flush(join(to, ROWS_FILE));
  } finally {
    await store.close();
  }
}

async function copyBlobs(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  if (!existsSync(from)) return;
  for (const shard of await readdir(from))
    if (/^[0-9a-f]{2}$/.test(shard)) await copyFolder(join(from, shard), join(to, shard));
}

/** Files as they are, and their permissions; of one that grows by lines the whole ones. */
async function copyFolder(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let entry = entries[next++]; entry; entry = entries[next++]) {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) await copyFolder(source, target);
      // LMDB's lock files are of one machine and one run.
      else if (entry.isFile() && !/(\.mdb-lock|^lock\.mdb)$/.test(entry.name)) await copy(source, target);
    }
  };
  await Promise.all(Array.from({ length: COPIES_AT_ONCE }, worker));
  await flush(to);
}

async function copy(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  if (to.endsWith('.jsonl')) {
    const bytes = await readFile(to);
    if (bytes.at(-1) !== 10) await writeFile(to, bytes.subarray(0, bytes.lastIndexOf(10) + 1));
  }
  await flush(to);
}

export async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What only opening the copies left in them. */
export async function removeLocks(folder: string): Promise<void> {
  const { events, rows } = placesIn(folder);
  await rm(join(events, `${EVENTS_FILE}-lock`), { force: true });
  await rm(join(rows, 'lock.mdb'), { force: true });
}
