import { type Environment } from '../contract/index.js';

/** Version and digest of an artifact of the flock, as the environment's version set has it; null where it names none. */
export type ArtifactVersions = (
  artifact: string,
  environment: Environment,
) => { readonly version: string; readonly digest: string } | null;
