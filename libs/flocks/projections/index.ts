import { artifactsProjection } from './artifacts-projection.js';
import { flockVersionsProjection } from './flock-versions-projection.js';
import { flocksProjection } from './flocks-projection.js';
import { versionSetsProjection } from './version-sets-projection.js';

export { artifactsProjection, type ArtifactVersionRow } from './artifacts-projection.js';
export { flockVersionsProjection, type FlockVersionRow } from './flock-versions-projection.js';
export { flocksProjection, type FlockRow } from './flocks-projection.js';
export { versionSetsProjection, type VersionSetRow } from './version-sets-projection.js';

export const flocksProjections = [
  flocksProjection,
  flockVersionsProjection,
  artifactsProjection,
  versionSetsProjection,
];
