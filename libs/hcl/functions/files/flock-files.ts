import { FunctionError } from '../function.js';

/** The files that functions may read: path below the flock's folder, with `/` between folders, to content. */
export type FlockFiles = ReadonlyMap<string, Uint8Array>;

/**
 * The path without `.` and `..`, below the flock's folder. Throws FunctionError for one that leads out of it. There are no
 * links to follow: only what was published with the flock exists.
 */
export function resolvePath(path: string): string {
  if (path.startsWith('/') || path.startsWith('~') || /^[A-Za-z]:[\\/]/.test(path)) {
    throw outside("give a path relative to the flock's folder");
  }
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw outside("a path cannot lead out of the flock's folder");
  }
  return parts.join('/');
}

const outside = (fix: string): FunctionError =>
  new FunctionError(`a flock can read only the files that are published with it; ${fix}`, 0);
