import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { refuse, Refused } from '#libs/kernel';
import { type Io } from '#libs/command-line';

/** Where an installation's data lie unless something else is said. */
export const defaultData = '.cios/data';

/** A running installation. */
export interface Installation {
  readonly url: string;
  readonly token: string;
  /** Who answers queries where that is another server: apps that run apart. */
  readonly queryUrl?: string;
  /** Absent where it was named by its address. */
  readonly pid?: number;
}

export interface InstallationOptions {
  readonly data?: string;
  readonly url?: string;
  readonly token?: string;
}

/** What the server of a data folder says of itself; null where none ever ran, or it ended. */
export function installationOn(folder: string): Installation | null {
  const path = join(folder, 'installation.json');
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Installation;
  } catch {
    return null;
  }
}

/** Where `cios up` says that it is on its way, until `installation.json` stands. */
const STARTING = 'starting';

/** Tells other commands that this process is about to serve the folder. Returns what takes that back. */
export function announceStart(folder: string): () => void {
  const path = join(folder, STARTING);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, String(process.pid));
  return () => {
    rmSync(path, { force: true });
  };
}

function isStarting(folder: string): boolean {
  const path = join(folder, STARTING);
  if (!existsSync(path)) return false;
  const pid = Number(readFileSync(path, 'utf8'));
  return pid > 0 && isAlive(pid);
}

/** How long a command waits for an installation that starts, and for one that a shell may have only just begun to start. */
const [startMs, graceMs] = [60_000, 500];

/**
 * The installation that a command speaks to: `--url`, or CIOS_URL, where no folder is named (CIOS_QUERY_URL then tells who answers
 * queries, where that is another server); else the one that runs on `--data`,
 * also one that is just starting. Refuses `cli/no-installation`.
 */
export async function findInstallation(
  { data, url, token }: InstallationOptions,
  { env, cwd }: Io,
): Promise<Installation> {
  const address = url ?? (data === undefined ? env['CIOS_URL'] : undefined);
  const secret = token ?? env['CIOS_TOKEN'];
  if (address !== undefined) {
    const queryUrl = env['CIOS_QUERY_URL'];
    if (secret !== undefined)
      return { url: address, token: secret, ...(queryUrl !== undefined && { queryUrl }) };
    throw new Refused(
      refuse('cli/no-token', `nothing says who you are to ${address}`, {
        fix: 'give a token with --token, or in CIOS_TOKEN',
      }),
    );
  }
  const folder = data ?? env['CIOS_DATA'] ?? defaultData;
  const path = resolve(cwd, folder);
  for (let waited = 0; waited < startMs; waited += 50) {
    const found = installationOn(path);
    if (found && (found.pid === undefined || isAlive(found.pid)))
      return token === undefined ? found : { ...found, token };
    if (waited >= graceMs && !isStarting(path)) break;
    await sleep(50);
  }
  throw notRunning(folder);
}

export function notRunning(folder: string): Refused {
  return new Refused(
    refuse('cli/no-installation', `no installation runs on ${folder}`, {
      fix: `start one: cios up --data ${folder}`,
    }),
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
