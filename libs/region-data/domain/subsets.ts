import { canonicalJson, refuse, type Refusal } from '#libs/kernel';
import { reservedSubsets, type RegionDataCommandOf, type RegionDataEvent } from '../contract/index.js';
import { drop, held, put, type Evolve } from './evolving.js';
import { checkIfMatch } from './policies.js';
import { type RegionDataState } from './state.js';

export function decideSubset(
  command: RegionDataCommandOf<'DefineSubset' | 'RemoveSubset'>,
  state: RegionDataState,
): readonly RegionDataEvent[] | Refusal {
  const { subset } = command;
  const known = state.subsets.get(subset);
  const mismatch = known && checkIfMatch(command.ifMatch, known.revision, `subset "${subset}"`);
  if (mismatch) return mismatch;
  if (command.type === 'RemoveSubset') return known ? [{ type: 'SubsetRemoved', data: { subset } }] : [];
  const { entries } = command;
  if (known && canonicalJson(known.entry) === canonicalJson(entries)) return [];
  return checkSubsetName(subset) ?? [{ type: 'SubsetDefined', data: { subset, entries } }];
}

/** A subset is referred to as `local.<name>`: an identifier of the language, and none that is taken (RD-07). */
export function checkSubsetName(subset: string): Refusal | null {
  if (reservedSubsets.some((name) => name === subset)) {
    return refuse('subset/reserved-name', `"${subset}" is a set of region data itself`, {
      fix: `choose a name other than ${reservedSubsets.join(', ')}`,
    });
  }
  if (/^[A-Za-z_][A-Za-z0-9_-]{0,127}$/.test(subset)) return null;
  return refuse('region-data/invalid-identifier', `"${subset.slice(0, 200)}" cannot name a subset`, {
    fix: 'begin with a letter or "_", go on with letters, digits, "-" and "_"; at most 128 of them',
  });
}

export const evolveSubset: Evolve<'SubsetDefined' | 'SubsetRemoved'> = {
  SubsetDefined: (state, { subset, entries }, revision) => ({
    ...state,
    subsets: put(state.subsets, subset, held(entries, revision)),
  }),
  SubsetRemoved: (state, { subset }) => ({ ...state, subsets: drop(state.subsets, subset) }),
};
