import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refuse, Refused } from '#libs/kernel';
import { flush } from './copy-installation.js';

const FILE = 'backup.json';
const FORMAT = 1;

/** What a backup says of itself; written last, so that a backup is whole or none. */
export interface Manifest {
  readonly format: number;
  /** ISO 8601. */
  readonly takenAt: string;
  /** Number of events, and the position of the last one, decimal. */
  readonly events: number;
  readonly position: string;
  /** Over the heads of all streams, as a seal has it; null without events. */
  readonly root: string | null;
}

export async function writeManifest(folder: string, content: Omit<Manifest, 'format'>): Promise<void> {
  const path = join(folder, FILE);
  await writeFile(path, `${JSON.stringify({ format: FORMAT, ...content }, null, 2)}\n`);
  await flush(path);
  await flush(folder);
}

/** Null in a folder that is no backup. Refuses `store/unknown-format`. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const text = await readFile(join(folder, FILE), 'utf8').catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  });
  if (text === null) return null;
  let manifest: Partial<Manifest> = {};
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch {
    // Told below.
  }
  if (manifest.format === FORMAT) return manifest as Manifest;
  throw new Refused(
    refuse('store/unknown-format', `${join(folder, FILE)} is not of the format ${FORMAT}`, {
      fix: 'restore it with the version of cios that took it',
    }),
  );
}
