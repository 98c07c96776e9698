import { type Decider, refuse } from '#libs/kernel';
import { baselineStream, type BaselineEvent } from '../contract/index.js';

export type BaselineTaken = BaselineEvent['data'];

/** What is decided once the region is compiled; `isBuilt`: a build was opened there. */
export type TakenCommand = BaselineTaken & { readonly type: 'RecordBaseline'; readonly isBuilt: boolean };

/** The baseline of one region: taken once; another one only where nothing was built since, as for a region that was removed and came back. */
export const baselineDecider: Decider<TakenCommand, BaselineTaken | null, BaselineEvent> = {
  initial: null,
  decide({ type: _, isBuilt, ...taken }, state) {
    if (state && isSame(state, taken)) return [];
    if (isBuilt)
      return refuse(
        'baseline/built-since',
        state
          ? `${taken.region} was built since its baseline ${nameOf(state)} was taken`
          : `${taken.region} was built before it had a baseline`,
        { fix: 'bring in other versions by a build: cios build start' },
      );
    return [{ type: 'BaselineTaken', data: taken }];
  },
  evolve: (_, { data }) => data,
};

export const baselineAggregate = {
  name: 'baseline',
  decider: baselineDecider,
  streamOf: baselineStream,
};

const isSame = (a: BaselineTaken, b: BaselineTaken): boolean =>
  nameOf(a) === nameOf(b) && a.regionData === b.regionData;

const nameOf = ({ baseline }: BaselineTaken): string => `${baseline.set}@${baseline.revision}`;
