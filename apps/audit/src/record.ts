import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Scanned } from '#libs/audit';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { refuse, Refused, sha256, type RecordedEvent } from '#libs/kernel';
import { dataFolder, defaultData } from './data-folder.js';

/** An installation's record as an auditor sees it: read-only, also while a server runs on it. */
export interface Record {
  events(): AsyncIterable<RecordedEvent>;
  readonly scan: () => Iterable<Scanned>;
  /** Null where there is no such blob; rejects where its bytes do not match its name. */
  readonly blob: (digest: string) => Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** Opens the record below a data folder. Rejects with `Refused` (`audit/no-record`), and with `StoreUnavailable` where the file is no event store. */
export async function openRecord(data: string | undefined, cwd: string): Promise<Record> {
  const folder = resolve(cwd, data ?? defaultData);
  const { events, blobs } = dataFolder(folder);
  if (!existsSync(events))
    throw new Refused(
      refuse('audit/no-record', `there is no event store in ${data ?? defaultData}`, {
        fix: 'name the folder of an installation with --data DIR',
      }),
    );
  const store = await openEmbeddedEventStore({ folder: events, readOnly: true });
  return {
    events: () => store.readAll(),
    scan: () => store.scan(),
    async blob(digest) {
      const path = join(blobs, digest.slice(0, 2), digest);
      const bytes = await readFile(path).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      });
      if (bytes && sha256(bytes) !== digest) throw new Error(`blob ${digest} was altered`);
      return bytes;
    },
    close: () => store.close(),
  };
}

/** Opens, asks and closes. */
export async function withRecord<T>(
  data: string | undefined,
  cwd: string,
  ask: (record: Record) => Promise<T>,
): Promise<T> {
  const record = await openRecord(data, cwd);
  try {
    return await ask(record);
  } finally {
    await record.close();
  }
}
