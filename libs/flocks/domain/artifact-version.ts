import { refuse, type Decider } from '#libs/kernel';
import { type ArtifactEvent } from '../contract/index.js';
import { refuseName } from './names.js';

export interface PublishArtifactVersion {
  readonly type: 'PublishArtifactVersion';
  readonly flock: string;
  readonly artifact: string;
  readonly version: string;
  /** Of the bytes, durable in the blob store. */
  readonly digest: string;
  readonly bytes: number;
}

export interface ArtifactState {
  readonly versions: ReadonlyMap<string, string>;
}

/** One artifact of one flock: code or configuration that is deployed onto components. Versions are immutable. */
export const artifactDecider: Decider<PublishArtifactVersion, ArtifactState, ArtifactEvent> = {
  initial: { versions: new Map() },

  decide({ flock, artifact, version, digest, bytes }, state) {
    const badName =
      refuseName('flock', flock) ?? refuseName('artifact', artifact) ?? refuseName('version', version);
    if (badName) return badName;
    const known = state.versions.get(version);
    if (known === digest) return [];
    if (known !== undefined)
      return refuse(
        'artifact/version-immutable',
        `version ${version} of artifact ${flock}/${artifact} was published with other bytes (${known.slice(0, 12)}, now ${digest.slice(0, 12)})`,
        { fix: 'Publish the bytes under a new version.', details: { known, digest } },
      );
    return [{ type: 'ArtifactVersionPublished', data: { flock, artifact, version, digest, bytes } }];
  },

  evolve(state, event) {
    return { versions: new Map(state.versions).set(event.data.version, event.data.digest) };
  },
};
