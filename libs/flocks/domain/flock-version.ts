import { digestOf, refuse, type Decider } from '#libs/kernel';
import { type FlockEvent, type FlockFile } from '../contract/index.js';
import { refuseName } from './names.js';

/** Config files of one version together; artifacts have no such limit. */
export const maximumConfigBytes = 16 * 1024 * 1024;

export interface PublishFlockVersion {
  readonly type: 'PublishFlockVersion';
  readonly flock: string;
  readonly version: string;
  /** Bytes are durable in the blob store. */
  readonly files: readonly FlockFile[];
  readonly lenient?: boolean;
  /** As the config's `flock` block says. */
  readonly owners: readonly string[];
  readonly artifacts?: readonly string[];
}

/** Version → digest of what was published under it. */
export interface FlockState {
  readonly versions: ReadonlyMap<string, string>;
}

/** Digest over paths and digests, whatever the order of the files. */
export function filesDigest(files: readonly FlockFile[]): string {
  return digestOf(Object.fromEntries(files.map((f) => [f.path, f.digest])));
}

/** One flock: a version, once published, stands for the same bytes for ever. */
export const flockDecider: Decider<PublishFlockVersion, FlockState, FlockEvent> = {
  initial: { versions: new Map() },

  decide(command, state) {
    const { flock, version, files } = command;
    const badName = refuseName('flock', flock) ?? refuseName('version', version);
    if (badName) return badName;
    if (files.length === 0)
      return refuse('flock/no-files', `version ${version} of flock ${flock} has no file`, {
        fix: 'Publish the folder that holds the flock block.',
      });
    const badPath = files.find((f) => !isRelative(f.path));
    if (badPath)
      return refuse(
        'flock/invalid-path',
        `${JSON.stringify(badPath.path)} is no path below the flock's folder`,
        {
          fix: 'Give paths relative to the folder of the flock, with "/" between the parts and without "..".',
          details: { path: badPath.path },
        },
      );
    const paths = files.map((f) => f.path);
    const twice = paths.find((path, i) => paths.indexOf(path) !== i);
    if (twice !== undefined)
      return refuse('flock/duplicate-path', `${twice} is given twice`, { details: { path: twice } });
    const bytes = files.reduce((sum, f) => sum + f.bytes, 0);
    if (bytes > maximumConfigBytes)
      return refuse(
        'flock/too-large',
        `version ${version} of flock ${flock} holds ${bytes} bytes of config; at most ${maximumConfigBytes} fit`,
        {
          fix: 'Publish large files as artifacts: they are streamed and may have any size.',
          details: { bytes, limit: maximumConfigBytes, largest: largest(files) },
        },
      );

    const digest = digestOf({ files: filesDigest(files), lenient: command.lenient === true });
    const known = state.versions.get(version);
    if (known === digest) return [];
    if (known !== undefined)
      return refuse(
        'flock/version-immutable',
        `version ${version} of flock ${flock} was published with other files (digest ${known.slice(0, 12)}, now ${digest.slice(0, 12)})`,
        {
          fix: 'Publish under a new version, or leave the version out: it is then derived from the content.',
          details: { known, digest },
        },
      );
    return [
      {
        type: 'FlockVersionPublished',
        data: {
          flock,
          version,
          digest,
          files: [...files].sort((a, b) => (a.path < b.path ? -1 : 1)),
          ...(command.lenient === true ? { lenient: true } : {}),
          owners: command.owners,
          ...(command.artifacts && command.artifacts.length > 0
            ? { artifacts: [...command.artifacts].sort() }
            : {}),
        },
      },
    ];
  },

  evolve(state, event) {
    return { versions: new Map(state.versions).set(event.data.version, event.data.digest) };
  },
};

function isRelative(path: string): boolean {
  return (
    path !== '' &&
    path.length <= 512 &&
    !path.includes('\\') &&
    !path.includes('\0') &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function largest(files: readonly FlockFile[]): { path: string; bytes: number } {
  const file = files.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  return { path: file.path, bytes: file.bytes };
}
