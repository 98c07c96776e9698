import { type DomainEvent } from '#libs/kernel';

/** A file of a flock version: path below the flock's folder, bytes in the blob store. */
export interface FlockFile {
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

/** Stream `flock-<name>`. A version is immutable; publishing the same files again under the same version changes nothing. */
export type FlockEvent = DomainEvent<
  'FlockVersionPublished',
  {
    readonly flock: string;
    readonly version: string;
    /** Digest over paths and digests of `files`. */
    readonly digest: string;
    readonly files: readonly FlockFile[];
    readonly lenient?: boolean;
    readonly owners: readonly string[];
    /** Artifacts that its config deploys by a literal name, sorted; a version set that names this version names them too. */
    readonly artifacts?: readonly string[];
  }
>;

/** Stream `artifact-<flock>/<name>`: neither name may hold a slash, so no two artifacts share a stream. */
export type ArtifactEvent = DomainEvent<
  'ArtifactVersionPublished',
  {
    readonly flock: string;
    readonly artifact: string;
    readonly version: string;
    readonly digest: string;
    readonly bytes: number;
  }
>;

/** One version per flock, and one per artifact of that flock. */
export interface VersionSetEntries {
  readonly flocks: Readonly<Record<string, string>>;
  /** Key: `<flock>/<artifact>`. */
  readonly artifacts: Readonly<Record<string, string>>;
}

/** Names one revision of one version set: `nightly@3`. Revisions count from 1. */
export interface VersionSetRef {
  readonly set: string;
  readonly revision: number;
}

/**
 * Stream `version-set-<name>`. Large sets go to the blob store: `entries` is the digest of the canonical JSON of
 * `VersionSetEntries`, durable before the event.
 */
export type VersionSetEvent = DomainEvent<
  'VersionSetRevised',
  {
    readonly set: string;
    readonly revision: number;
    readonly entries: string;
    readonly flocks: number;
    readonly artifacts: number;
  }
>;

/** Stream `version-selection`: which versions an installation uses where. */
export type VersionSelectionEvent =
  | DomainEvent<'GoldenMoved', { readonly from: VersionSetRef | null; readonly to: VersionSetRef }>
  | DomainEvent<'VibeSetMoved', { readonly from: VersionSetRef | null; readonly to: VersionSetRef | null }>
  | DomainEvent<
      'FlockPinned',
      {
        readonly region: string;
        readonly environment: 'vibe' | 'target';
        readonly flock: string;
        readonly version: string;
      }
    >
  | DomainEvent<
      'FlockUnpinned',
      { readonly region: string; readonly environment: 'vibe' | 'target'; readonly flock: string }
    >;
