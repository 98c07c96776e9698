import { type RegionDataDocument } from '../contract/index.js';
import { type RegionDataState } from './state.js';

/** The document that a state amounts to; lists that no event touched are the same objects as before. O(entries) at the most. */
export function documentOf(state: RegionDataState): RegionDataDocument {
  const known = documents.get(state);
  if (known) return known;
  const document: RegionDataDocument = {
    realms: listOf(state.realms, (r) => r.entry),
    regions: regionEntries(state),
    all_regions: allRegionsEntries(state),
    vibes: listOf(state.vibes, (v) => v.entry),
    availability_domains: listOf(state.availabilityDomains, (d) => d.entry),
    execution_targets: listOf(state.executionTargets, (t) => t.entry),
    subsets: Object.fromEntries([...state.subsets].map(([name, { entry }]) => [name, entry])),
  };
  documents.set(state, document);
  return document;
}

/** Results of pure functions, by the identity of their immutable arguments. */
const documents = new WeakMap<object, RegionDataDocument>();
const lists = new WeakMap<object, readonly unknown[]>();
const others = new WeakMap<object, readonly unknown[]>();

function regionEntries(state: RegionDataState): RegionDataDocument['regions'] {
  return listOf(state.regions, (r) => r.regions);
}

function allRegionsEntries(state: RegionDataState): RegionDataDocument['all_regions'] {
  return listOf(state.regions, (r) => r.all_regions, others);
}

function listOf<V, E>(
  map: ReadonlyMap<string, V>,
  entry: (value: V) => E,
  cache: WeakMap<object, readonly unknown[]> = lists,
): readonly E[] {
  const known = cache.get(map);
  if (known) return known as readonly E[];
  const list = Array.from(map.values(), entry);
  cache.set(map, list);
  return list;
}
