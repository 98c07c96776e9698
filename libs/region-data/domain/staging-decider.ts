import { refuse, type Decider } from '#libs/kernel';
import { type RegionDataEvent, type RegionDataImportEvent } from '../contract/index.js';

export interface StageChunks {
  readonly type: 'StageChunks';
  /** Digest of the whole list of events. */
  readonly digest: string;
  /** Number of the first of `chunks` within the whole list. */
  readonly first: number;
  readonly chunks: readonly (readonly RegionDataEvent[])[];
}

/** Chunks staged so far, by the digest of the list that they are of. */
export type StagingState = ReadonlyMap<string, number>;

/** The staging stream of one large import. What an attempt that was cut off has staged is not staged again. */
export const stagingDecider: Decider<StageChunks, StagingState, RegionDataImportEvent> = {
  initial: new Map(),
  decide({ digest, first, chunks }, state) {
    const staged = state.get(digest) ?? 0;
    if (first > staged) {
      return refuse('region-data-import/gap', `chunk ${first} comes after ${staged} chunks`, {
        fix: 'stage the chunks in order',
      });
    }
    return chunks
      .map((events, i) => ({ digest, chunk: first + i, events }))
      .filter(({ chunk }) => chunk >= staged)
      .map((data) => ({ type: 'RegionDataStaged', data }));
  },
  evolve(state, { data: { digest, chunk } }) {
    return new Map(state).set(digest, chunk + 1);
  },
};
