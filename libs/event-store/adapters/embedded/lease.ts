import {
  linkSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { refuse, Refused } from '#libs/kernel';

const FILE = 'writer.json';
const BEAT_MS = 2000;
/** A holder whose processes cannot be seen from here is taken for dead when it has not touched its file for so long. */
const SILENT_MS = 10_000;

interface Holder {
  readonly pid: number;
  /** When the process started, so that a pid that was given out again is not taken for it; null where the system does not say. */
  readonly started: string | null;
  /** Within which the pid means something: a container has its own (Linux, pid_namespaces(7)); null elsewhere. */
  readonly namespace: string | null;
  /** The folder's own identity: a copied folder carries a lease that is not its own. */
  readonly folder: string;
}

/**
 * The one writer of a folder, told by a file. A lease of a process that is gone, or that came with a copy of another folder, is
 * taken over. Throws `Refused` (`event-store/in-use`) naming the pid of a living holder.
 */
export class WriterLease {
  readonly #path: string;
  #beat: NodeJS.Timeout | null = null;

  private constructor(folder: string) {
    this.#path = join(folder, FILE);
  }

  static take(folder: string): WriterLease {
    const lease = new WriterLease(folder);
    const mine: Holder = {
      pid: process.pid,
      started: startOf(process.pid),
      namespace: pidNamespace(),
      folder: identityOf(folder),
    };
    const draft = `${lease.#path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(mine));
    try {
      for (;;) {
        try {
          linkSync(draft, lease.#path);
          lease.#keepTouching();
          return lease;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        }
        lease.#removeStale(mine.folder);
      }
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** True where a living process writes the folder. */
  static isLive(folder: string): boolean {
    const path = new WriterLease(folder).#path;
    const holder = read(path);
    return holder !== null && isHeld(holder, identityOf(folder), path);
  }

  release(): void {
    if (this.#beat) clearInterval(this.#beat);
    rmSync(this.#path, { force: true });
  }

  #keepTouching(): void {
    this.#beat = setInterval(() => {
      try {
        utimesSync(this.#path, new Date(), new Date());
      } catch {
        // Who removes the file of a living writer has to answer for it.
      }
    }, BEAT_MS).unref();
  }

  #removeStale(folder: string): void {
    const holder = read(this.#path);
    if (holder && isHeld(holder, folder, this.#path)) throw inUse(holder);
    // Another taker may have been faster: what was moved aside is looked at again, and put back where it is alive.
    const aside = `${this.#path}.stale.${process.pid}`;
    try {
      renameSync(this.#path, aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    const moved = read(aside);
    if (moved && isHeld(moved, folder, aside)) {
      renameSync(aside, this.#path);
      throw inUse(moved);
    }
    rmSync(aside, { force: true });
  }
}

function inUse({ pid, namespace }: Holder): Refused {
  const where = namespace === pidNamespace() ? '' : ' of another container or host';
  return new Refused(
    refuse('event-store/in-use', `the event store is being written by process ${pid}${where}`, {
      fix: 'stop that process, or let this one reach it over HTTP or the gateway; reading beside it is allowed',
      details: { pid },
    }),
  );
}

function read(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isHeld(holder: Holder, folder: string, path: string): boolean {
  if (holder.folder !== folder) return false;
  // A lease of a version that did not know namespaces is of this one.
  if ((holder.namespace ?? pidNamespace()) !== pidNamespace())
    return Date.now() - statSync(path).mtimeMs < SILENT_MS;
  if (!isAlive(holder.pid)) return false;
  const started = startOf(holder.pid);
  return holder.started === null || started === null || holder.started === started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What tells a folder from a copy of it. */
export function identityOf(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${dev}:${ino}`;
}

function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

/** Boot and clock ticks since it (Linux, proc(5)); null elsewhere. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${ticks}`;
  } catch {
    return null;
  }
}
