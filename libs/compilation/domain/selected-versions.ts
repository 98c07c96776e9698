import { type VersionSetEntries } from '#libs/flocks/contract';
import { type Environment } from '../contract/index.js';

/** Which version of which flock, and of its artifacts, is meant in a region and environment. */
export interface SelectedVersions {
  /** Null: the flock is not used there. O(1). */
  versionAt(flock: string, region: string, environment: Environment): string | null;
  /** Of an artifact; its digest is the catalogue's to know. */
  artifactAt(flock: string, artifact: string, region: string, environment: Environment): string | null;
  /** Flock and version of all that is meant anywhere, each once. */
  inUse(): readonly { readonly flock: string; readonly version: string }[];
}

export interface SelectedSets {
  /** Of the target environment. */
  readonly target: VersionSetEntries | null;
  readonly vibe: VersionSetEntries | null;
  /** `<region>/<environment>/<flock>` → version; they go before either set. */
  readonly pins: ReadonlyMap<string, string>;
}

export function selectedVersions({ target, vibe, pins }: SelectedSets): SelectedVersions {
  const setOf = (environment: Environment): VersionSetEntries | null =>
    environment === 'vibe' ? vibe : target;
  return {
    versionAt: (flock, region, environment) =>
      (pins.size > 0 ? pins.get(`${region}/${environment}/${flock}`) : undefined) ??
      setOf(environment)?.flocks[flock] ??
      null,
    artifactAt: (flock, artifact, _region, environment) =>
      setOf(environment)?.artifacts[`${flock}/${artifact}`] ?? null,
    inUse() {
      const found = new Map<string, { flock: string; version: string }>();
      const add = (flock: string, version: string): void => {
        found.set(flockKey(flock, version), { flock, version });
      };
      for (const set of [target, vibe])
        for (const [flock, version] of Object.entries(set?.flocks ?? {})) add(flock, version);
      for (const [pin, version] of pins) add(pin.slice(pin.lastIndexOf('/') + 1), version);
      return [...found.keys()].sort().map((key) => found.get(key)!);
    },
  };
}

/** `dns@1.2` */
export const flockKey = (flock: string, version: string): string => `${flock}@${version}`;
