import { type RegionDataEvent } from '../contract/index.js';
import { type Held, type RegionDataState, type RegionRecord } from './state.js';

/** How the events of one kind of entity change the state; `revision` is theirs. */
export type Evolve<Type extends RegionDataEvent['type']> = {
  readonly [T in Type]: (
    state: RegionDataState,
    data: Extract<RegionDataEvent, { readonly type: T }>['data'],
    revision: bigint,
  ) => RegionDataState;
};

/** O(entries of the map). */
export function put<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

export function drop<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const next = new Map(map);
  next.delete(key);
  return next;
}

export function held<Entry>(entry: Entry, revision: bigint): Held<Entry> {
  return { entry, revision };
}

/** The region with some members changed. An event about a region that is not there changes nothing. */
export function putRegion(
  state: RegionDataState,
  region: string,
  change: Partial<RegionRecord>,
): RegionDataState {
  const record = state.regions.get(region);
  return record ? { ...state, regions: put(state.regions, region, { ...record, ...change }) } : state;
}
