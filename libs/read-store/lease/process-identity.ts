import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one run of one process, so that another process on the same machine can tell that it is gone. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Kernel's start time of the process, in clock ticks since boot; '' where the system does not tell. */
  readonly started: string;
}

export function thisProcess(): ProcessIdentity {
  return { host: hostAndNamespace(), pid: process.pid, started: startOf(process.pid) ?? '' };
}

/** True only where it is certain: same machine and process namespace, and no such process or another one under that number. */
export function isGone(identity: ProcessIdentity): boolean {
  if (identity.host !== hostAndNamespace()) return false;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const started = startOf(identity.pid);
  return identity.started !== '' && started !== null && started !== identity.started;
}

/** Containers may share a host's name but not its process numbers. */
function hostAndNamespace(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
