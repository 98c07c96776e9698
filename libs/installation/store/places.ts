import { join } from 'node:path';
import { refuse, Refused } from '#libs/kernel';
import { settingsFrom } from '../settings.js';

/** Where the parts of an embedded installation lie. Absolute. */
export interface Places {
  readonly data: string;
  /** Folder of the event store's file. */
  readonly events: string;
  /** Folder of the read store's environment; null where it lies in MongoDB. */
  readonly rows: string | null;
  readonly blobs: string;
}

/** Files beside the stores that belong to an installation: keys and tokens, the gateway's logins, the world of local executors. */
export const besides = ['access', 'gateway', 'world'] as const;

/** From the settings, as `cios up` takes them. Refuses `store/not-embedded` where the event store or the blobs lie in no folder. */
export function placesFrom(env: NodeJS.ProcessEnv, folder: string): Places {
  const { data, eventStore, readStore, blobStore } = settingsFrom(env, folder);
  return {
    data,
    events: folderOf(eventStore, 'embedded:'),
    rows: readStore.startsWith('embedded:') ? join(readStore.slice('embedded:'.length), 'read') : null,
    blobs: folderOf(blobStore, 'folder:'),
  };
}

/** The places of a folder that holds everything: a backup, or an installation that was restored. */
export function placesIn(folder: string): Places & { readonly rows: string } {
  return {
    data: folder,
    events: join(folder, 'events'),
    rows: join(folder, 'read'),
    blobs: join(folder, 'blobs'),
  };
}

function folderOf(url: string, scheme: string): string {
  if (url.startsWith(scheme)) return url.slice(scheme.length);
  throw new Refused(
    refuse('store/not-embedded', `${url.replace(/\/\/[^@/]*@/, '//')} is no embedded store`, {
      fix: 'use the tools of that server: docs/operations.md, "Backup and restore"',
    }),
  );
}
