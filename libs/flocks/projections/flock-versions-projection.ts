import { type Projection } from '#libs/kernel';
import { type FlockEvent, type FlockFile } from '../contract/index.js';

export interface FlockVersionRow {
  readonly flock: string;
  readonly version: string;
  readonly digest: string;
  readonly owners: readonly string[];
  readonly files: readonly FlockFile[];
  readonly artifacts: readonly string[];
  readonly lenient: boolean;
  readonly publishedAt: string;
  readonly publishedBy: string;
}

/** Versions of flock configs; key `flock@version`. */
export const flockVersionsProjection: Projection<FlockVersionRow, FlockEvent> = {
  name: 'flock-versions',
  version: 1,
  types: ['FlockVersionPublished'],
  indexes: { flock: ['flock', 'publishedAt'] },
  keys: ({ data }) => [`${data.flock}@${data.version}`],
  apply: (_, { data, recordedAt, metadata }) => ({
    flock: data.flock,
    version: data.version,
    digest: data.digest,
    owners: data.owners,
    files: data.files,
    artifacts: data.artifacts ?? [],
    lenient: data.lenient === true,
    publishedAt: recordedAt,
    publishedBy: metadata.actor,
  }),
};
