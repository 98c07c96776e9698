import { type Projection } from '#libs/kernel';
import { type CompilationEvent, type CompiledFlockRow } from '../contract/index.js';

/** When each flock was evaluated last, and when its result last differed. */
export const compiledFlocksProjection: Projection<CompiledFlockRow, CompilationEvent> = {
  name: 'compiled-flocks',
  version: 1,
  types: ['RegionDataCompiled', 'VersionsCompiled'],
  keys: ({ data }) => [...new Set([...data.recompiled, ...data.changed])],
  apply(row, { data, metadata }, flock) {
    const regionData = 'revision' in data ? data.revision : data.regionData;
    const changed = data.changed.includes(flock);
    return {
      flock,
      regionData,
      recompiledAt: metadata.occurredAt,
      recompilations: (row?.recompilations ?? 0) + (data.recompiled.includes(flock) ? 1 : 0),
      changedAtRegionData: changed ? regionData : (row?.changedAtRegionData ?? regionData),
      changedAt: changed ? metadata.occurredAt : (row?.changedAt ?? metadata.occurredAt),
      detail: data.detail,
    };
  },
};
