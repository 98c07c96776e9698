import { type Json } from '#libs/kernel';
import {
  defaultFieldPolicy,
  type AllRegionsEntry,
  type Attributes,
  type AvailabilityDomainEntry,
  type ExecutionTargetEntry,
  type FieldPolicy,
  type RealmEntry,
  type RegionEntry,
  type RegionState,
  type VibeEntry,
} from '../contract/index.js';

/** An entry and the revision that last touched it: its ETag. */
export interface Held<Entry> {
  readonly entry: Entry;
  readonly revision: bigint;
}

export interface ChecklistItem {
  readonly id: string;
  readonly text: string;
  /** Null: not looked at yet. */
  readonly passed: boolean | null;
}

export interface RegionRecord {
  readonly regions: RegionEntry;
  readonly all_regions: AllRegionsEntry;
  readonly notes: string | null;
  /** Last revision that touched the region in any way. */
  readonly revision: bigint;
  /** Last revision that touched data of its own: its attributes and state, its ViBE, availability domains and execution targets. */
  readonly touched: bigint;
  /** State with which an import adopted it; null: it was added in `none`. */
  readonly adopted: RegionState | null;
  /** Reason of the build hold, null without one. */
  readonly hold: string | null;
  readonly autoBuild: boolean;
  readonly checklist: readonly ChecklistItem[];
}

/** All region data. Maps are in the order in which entries were added; those of places are keyed by `placeKey`. */
export interface RegionDataState {
  /** Of the stream `region-data`; -1n before the first event. */
  readonly revision: bigint;
  readonly realms: ReadonlyMap<string, Held<RealmEntry>>;
  /** By internal name. */
  readonly regions: ReadonlyMap<string, RegionRecord>;
  /** Public name → internal name. */
  readonly publicNames: ReadonlyMap<string, string>;
  readonly vibes: ReadonlyMap<string, Held<VibeEntry>>;
  readonly availabilityDomains: ReadonlyMap<string, Held<AvailabilityDomainEntry>>;
  readonly executionTargets: ReadonlyMap<string, Held<ExecutionTargetEntry>>;
  readonly subsets: ReadonlyMap<string, Held<readonly Json[]>>;
  readonly fieldPolicy: FieldPolicy;
}

export const emptyRegionData: RegionDataState = {
  revision: -1n,
  realms: new Map(),
  regions: new Map(),
  publicNames: new Map(),
  vibes: new Map(),
  availabilityDomains: new Map(),
  executionTargets: new Map(),
  subsets: new Map(),
  fieldPolicy: defaultFieldPolicy,
};

/** The region that either of its names means. */
export function regionNamed(state: RegionDataState, name: string): RegionRecord | undefined {
  return state.regions.get(name) ?? state.regions.get(state.publicNames.get(name) ?? '');
}

/** The internal name that a reference to a region means; undefined where it means none. */
export function internalNameOf(state: RegionDataState, reference: Json | undefined): string | undefined {
  return typeof reference === 'string' ? regionNamed(state, reference)?.regions.internal_name : undefined;
}

export function placeKey(internalName: string, name: string): string {
  return `${internalName}/${name}`;
}

/** What `local.region` is: both entries joined, that of `all_regions` winning. */
export function joined(record: RegionRecord): Attributes {
  return { ...record.regions, ...record.all_regions };
}
