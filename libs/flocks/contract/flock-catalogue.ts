import { type FlockFile, type VersionSetEntries, type VersionSetRef } from './events.js';

export interface FlockVersion {
  readonly flock: string;
  readonly version: string;
  readonly digest: string;
  readonly files: readonly FlockFile[];
  readonly lenient: boolean;
  readonly owners: readonly string[];
  readonly artifacts: readonly string[];
}

/** Which versions are selected, besides what builds have adopted: the golden set, the ViBE's own, and pins. */
export interface VersionSelection {
  /** Position up to which this was read. */
  readonly position: bigint;
  readonly golden: VersionSetRef | null;
  /** Null: the ViBE uses golden too. */
  readonly vibe: VersionSetRef | null;
  /** `<region>/<environment>/<flock>` → version. */
  readonly pins: ReadonlyMap<string, string>;
}

/** Flock versions, artifacts and version sets by name, kept current from the log. Port; implemented by flocks. */
export abstract class FlockCatalogue {
  abstract version(flock: string, version: string): Promise<FlockVersion | null>;
  /** The version's files as bytes, by path. Cached by digest. */
  abstract files(version: FlockVersion): Promise<ReadonlyMap<string, Uint8Array>>;
  abstract entries(ref: VersionSetRef): Promise<VersionSetEntries | null>;
  /** `atLeast`: wait until that position has been read. */
  abstract selection(atLeast?: bigint): Promise<VersionSelection>;
  /** As it was at that position of the log. */
  abstract selectionAt(position: bigint): Promise<VersionSelection>;
  abstract artifact(
    flock: string,
    artifact: string,
    version: string,
  ): Promise<{ readonly digest: string; readonly bytes: number } | null>;
}
