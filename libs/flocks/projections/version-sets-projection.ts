import { type Projection } from '#libs/kernel';
import { type VersionSetEvent } from '../contract/index.js';

export interface VersionSetRow {
  readonly set: string;
  readonly revision: number;
  readonly flocks: number;
  readonly artifacts: number;
  readonly revisedAt: string;
  readonly revisedBy: string;
}

/** Version sets at their latest revision; key: name. */
export const versionSetsProjection: Projection<VersionSetRow, VersionSetEvent> = {
  name: 'version-sets',
  version: 1,
  types: ['VersionSetRevised'],
  keys: ({ data }) => [data.set],
  apply: (_, { data: { entries: _entries, ...row }, recordedAt, metadata }) => ({
    ...row,
    revisedAt: recordedAt,
    revisedBy: metadata.actor,
  }),
};
