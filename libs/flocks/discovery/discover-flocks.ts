import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { sha256 } from '#libs/kernel';
import { configSyntax } from '#libs/hcl';
import { describeFlock, filesDigest, maximumConfigBytes, type FlockDescription } from '../domain/index.js';

export interface DiscoveredArtifact {
  readonly name: string;
  /** Where its bytes are. */
  readonly file: string;
  readonly bytes: number;
  readonly digest: string;
  /** Derived from the content. */
  readonly version: string;
}

export interface DiscoveredFlock {
  readonly name: string;
  /** Relative to where the search began, with `/`; empty for that folder itself. */
  readonly folder: string;
  /** Config files by path below the folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly artifacts: readonly DiscoveredArtifact[];
  readonly description: FlockDescription;
  /** Derived from the content: the same files have the same version. */
  readonly version: string;
}

/** What keeps a folder from being taken for a flock, or a flock from being published. */
export interface DiscoveryProblem {
  readonly code: `discovery/${string}`;
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

export interface Discovery {
  /** By name. */
  readonly flocks: readonly DiscoveredFlock[];
  readonly problems: readonly DiscoveryProblem[];
}

/** Letters of a digest that make a version. */
const versionLength = 12;

/**
 * Finds the flocks in a folder, itself included: each folder with a `flock` block is one, with all files below it that belong
 * to no other; what lies in its `artifacts` folder are its artifacts, a file each, named up to its first dot. Hidden files and
 * `node_modules` are passed over; links are not followed. Reads everything once; artifacts are streamed.
 */
export async function discoverFlocks(root: string): Promise<Discovery> {
  const problems: DiscoveryProblem[] = [];
  const flocks: DiscoveredFlock[] = [];
  const found = await stat(root).catch(() => null);
  if (!found?.isDirectory()) {
    problems.push({
      code: 'discovery/no-folder',
      path: root,
      message: `${root} is no folder`,
      fix: 'Name the folder in which the flocks lie.',
    });
    return { flocks, problems };
  }
  const rest = await visit(root, root, flocks, problems);
  for (const path of rest.keys())
    if (configSyntax(path) !== undefined)
      problems.push(
        isUtf8(await readFile(path))
          ? {
              code: 'discovery/no-flock',
              path,
              message: `${path} belongs to no flock`,
              fix: 'Put it below a folder with a file that says flock "name" { owners = [...] }.',
            }
          : {
              code: 'discovery/not-utf8',
              path,
              message: `${path} is not UTF-8, so nobody can tell which flock it belongs to`,
              fix: 'Save the file as UTF-8.',
            },
      );
  flocks.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  flocks.forEach((flock, i) => {
    const namesake = flocks[i - 1];
    if (namesake?.name === flock.name)
      problems.push({
        code: 'discovery/duplicate-flock',
        path: flock.folder,
        message: `flock ${flock.name} lies in ${namesake.folder || '.'} and in ${flock.folder || '.'}`,
        fix: 'Rename one of them.',
      });
  });
  return { flocks, problems };
}

/** Files of the folder that belong to no flock in or below it, by path below the root. */
async function visit(
  root: string,
  folder: string,
  flocks: DiscoveredFlock[],
  problems: DiscoveryProblem[],
): Promise<Map<string, string>> {
  const mine = new Map<string, string>();
  const here = new Map<string, Uint8Array>();
  let artifacts: string | undefined;
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isFile()) {
      mine.set(path, path);
      if (configSyntax(entry.name) !== undefined) here.set(entry.name, await readFile(path));
    } else if (entry.isDirectory() && entry.name === 'artifacts') artifacts = path;
    else if (entry.isDirectory())
      for (const [below, at] of await visit(root, path, flocks, problems)) mine.set(below, at);
  }
  const own = describeFlock(here);
  // A file that does not parse still shows whose it is: its errors are told when the flock is compiled.
  const name = own.name ?? writtenName(here);
  if (name === null) {
    if (artifacts !== undefined)
      for (const [below, at] of await visit(root, artifacts, flocks, problems)) mine.set(below, at);
    return mine;
  }
  const files = new Map<string, Uint8Array>();
  for (const path of mine.keys()) files.set(slashes(relative(folder, path)), await readFile(path));
  const bytes = [...files.values()].reduce((sum, b) => sum + b.length, 0);
  const where = slashes(relative(root, folder));
  if (bytes > maximumConfigBytes)
    problems.push({
      code: 'discovery/too-large',
      path: where,
      message: `the config of flock ${name} has ${bytes} bytes; at most ${maximumConfigBytes} fit`,
      fix: 'Move large files into the "artifacts" folder.',
    });
  flocks.push({
    name,
    folder: where,
    files,
    artifacts: artifacts === undefined ? [] : await artifactsIn(root, artifacts, problems),
    description: describeFlock(files),
    version: filesDigest(
      [...files].map(([path, content]) => ({ path, digest: sha256(content), bytes: content.length })),
    ).slice(0, versionLength),
  });
  return new Map();
}

async function artifactsIn(
  root: string,
  folder: string,
  problems: DiscoveryProblem[],
): Promise<DiscoveredArtifact[]> {
  const artifacts: DiscoveredArtifact[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (entry.name.startsWith('.')) continue;
    const file = join(folder, entry.name);
    if (!entry.isFile()) {
      problems.push({
        code: 'discovery/artifact-is-no-file',
        path: slashes(relative(root, file)),
        message: `${basename(file)} is no file`,
        fix: 'Pack it into one file (tar, zip, an image): an artifact is one.',
      });
      continue;
    }
    const { digest, bytes } = await digestOfFile(file);
    artifacts.push({
      name: entry.name.split('.')[0]!,
      file,
      bytes,
      digest,
      version: digest.slice(0, versionLength),
    });
  }
  return artifacts;
}

async function digestOfFile(file: string): Promise<{ readonly digest: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { digest: hash.digest('hex'), bytes };
}

function writtenName(files: ReadonlyMap<string, Uint8Array>): string | null {
  for (const [path, bytes] of files) {
    const header =
      configSyntax(path) === 'json' ? /"flock"\s*:\s*[[{\s]*"([^"]+)"/ : /^\s*flock\s+"([^"]+)"/m;
    const name = header.exec(new TextDecoder().decode(bytes))?.[1];
    if (name !== undefined) return name;
  }
  return null;
}

const slashes = (path: string): string => path.split(sep).join('/');
