import { type Projection } from '#libs/kernel';
import { type CompilationEvent, type CompilationRow } from '../contract/index.js';

/** Newest last by key: each compilation of region data or of a selection of versions. */
export const compilationsProjection: Projection<CompilationRow, CompilationEvent> = {
  name: 'compilations',
  version: 1,
  types: ['RegionDataCompiled', 'VersionsCompiled'],
  keys: ({ revision }) => [String(revision).padStart(20, '0')],
  apply(_, { revision, data, metadata, ...event }) {
    const regionData = 'revision' in data ? data.revision : data.regionData;
    return {
      compilation: String(revision),
      cause: event.type === 'RegionDataCompiled' ? 'region-data' : 'versions',
      after: 'after' in data ? data.after : regionData,
      regionData,
      flocks: data.flocks,
      recompiled: data.recompiled,
      changed: data.changed,
      regions: data.regions,
      detail: data.detail,
      at: metadata.occurredAt,
    };
  },
};
