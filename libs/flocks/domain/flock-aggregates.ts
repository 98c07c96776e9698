import { artifactStream, flockStream, versionSelectionStream, versionSetStream } from '../contract/index.js';
import { artifactDecider } from './artifact-version.js';
import { flockDecider } from './flock-version.js';
import { versionSelectionDecider } from './version-selection.js';
import { versionSetDecider } from './version-set.js';

/** How the store knows the streams of this context; an artifact's id is `<flock>/<artifact>`. */
export const flockAggregate = { name: 'flock', decider: flockDecider, streamOf: flockStream };
export const artifactAggregate = { name: 'artifact', decider: artifactDecider, streamOf: artifactStream };
export const versionSetAggregate = {
  name: 'version-set',
  decider: versionSetDecider,
  streamOf: versionSetStream,
};
export const versionSelectionAggregate = {
  name: 'version-selection',
  decider: versionSelectionDecider,
  streamOf: (): string => versionSelectionStream,
};
