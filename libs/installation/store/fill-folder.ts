import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { refuse, Refused } from '#libs/kernel';
import { flush } from './copy-installation.js';

const STAGING = '.incomplete';

/**
 * Fills an absent or empty folder: `make` writes into one inside of it, what it made is then moved up, the event store last. Where
 * `make` fails, the folder is left as empty as it was, and what a killed run left there counts as nothing. Refuses
 * `store/not-empty`: nothing is ever written over.
 */
export async function fillFolder<T>(folder: string, make: (staging: string) => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const staging = join(folder, STAGING);
  const others = (await readdir(folder)).filter((name) => name !== STAGING);
  if (others.length > 0)
    throw new Refused(
      refuse('store/not-empty', `${folder} is not empty (it holds ${others.slice(0, 3).join(', ')})`, {
        fix: 'name a new or an empty folder; nothing is written over',
      }),
    );
  await rm(staging, { recursive: true, force: true });
  try {
    const made = await make(staging);
    const parts = (await readdir(staging)).sort((a, b) => Number(a === 'events') - Number(b === 'events'));
    for (const part of parts) await rename(join(staging, part), join(folder, part));
    await flush(folder);
    return made;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
