import { type Projection } from '#libs/kernel';
import { type FlockEvent } from '../contract/index.js';

export interface FlockRow {
  readonly flock: string;
  readonly latest: string;
  readonly versions: number;
  readonly owners: readonly string[];
  readonly publishedAt: string;
}

/** Flocks with their latest version; key: name. */
export const flocksProjection: Projection<FlockRow, FlockEvent> = {
  name: 'flocks',
  version: 1,
  types: ['FlockVersionPublished'],
  keys: ({ data }) => [data.flock],
  apply: (row, { data, recordedAt }) => ({
    flock: data.flock,
    latest: data.version,
    versions: (row?.versions ?? 0) + 1,
    owners: data.owners,
    publishedAt: recordedAt,
  }),
};
