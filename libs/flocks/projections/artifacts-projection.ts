import { type Projection } from '#libs/kernel';
import { type ArtifactEvent } from '../contract/index.js';

export interface ArtifactVersionRow {
  readonly flock: string;
  readonly artifact: string;
  readonly version: string;
  readonly digest: string;
  readonly bytes: number;
  readonly publishedAt: string;
}

/** Versions of artifacts; key `flock/artifact@version`. */
export const artifactsProjection: Projection<ArtifactVersionRow, ArtifactEvent> = {
  name: 'artifacts',
  version: 1,
  types: ['ArtifactVersionPublished'],
  indexes: { flock: ['flock', 'artifact', 'publishedAt'] },
  keys: ({ data }) => [`${data.flock}/${data.artifact}@${data.version}`],
  apply: (_, { data, recordedAt }) => ({ ...data, publishedAt: recordedAt }),
};
