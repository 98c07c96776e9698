import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGone, thisProcess, type ProcessIdentity } from '#libs/read-store/lease';

const pollMs = 3;
/** It is held for one flush. Of a process that cannot be looked at (in another container) it counts as left behind after this; ms. */
const leftBehindMs = 30_000;

/**
 * Works while nobody else does who locks the same path, in whatever process; a lock that a killed process left is broken. The file
 * appears with its owner's name in it, so that it is never taken for nobody's.
 */
export async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const own = `${path}.${process.pid}.${randomUUID()}`;
  await writeFile(own, JSON.stringify(thisProcess()));
  try {
    while (!(await taken(own, path))) {
      if (await isLeftBehind(path)) await breakLock(path);
      else await sleep(pollMs);
    }
  } finally {
    await rm(own, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function taken(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isLeftBehind(path: string): Promise<boolean> {
  try {
    const [owner, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return isGone(JSON.parse(owner) as ProcessIdentity) || Date.now() - mtimeMs > leftBehindMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** One breaks it at a time, and looks again first: what stands there now may be somebody's who took it since. */
async function breakLock(path: string): Promise<void> {
  const breaking = `${path}.breaking`;
  const own = `${breaking}.${randomUUID()}`;
  await writeFile(own, JSON.stringify(thisProcess()));
  try {
    if (!(await taken(own, breaking))) {
      if (await isLeftBehind(breaking)) await rename(breaking, own);
      return;
    }
    if (await isLeftBehind(path)) await rm(path, { force: true });
    await rm(breaking, { force: true });
  } finally {
    await rm(own, { force: true });
  }
}
