import { type Json } from '#libs/kernel';
import { type FieldPolicy, type RegionPolicy, type StateCause } from './events.js';
import { type Attributes, type RegionDataDocument, type RegionState } from './region-data.js';

/** What to write and what to take away; an attribute in both is written. `null` is a value. */
export interface Edit {
  readonly set?: Attributes;
  readonly unset?: readonly string[];
}

/**
 * What other contexts know about a region, brought along by the caller (`RegionFacts`). Where a guard needs a fact that is
 * absent, the command is refused.
 */
export interface RegionFactsNow {
  /** Flocks that are not bootstrapped there yet; empty lets a user set Production (ST-05). */
  readonly missingFlocks?: readonly string[];
  /** Resources of the region's own, detached ones and its ViBE's included; empty lets it be removed or renamed (ST-03). */
  readonly resources?: readonly string[];
}

export interface NewVibe {
  /** Default: `<internal name>-vibe`. */
  readonly id?: string;
  readonly host_region: string;
  readonly attributes?: Attributes;
}

type Region = { readonly region: string };
type Named = Region & { readonly name: string };

/**
 * Commands to the stream `region-data`. `region` is either name of a region, except in AddRegion, where it is the new internal
 * name. `ifMatch` is the decimal revision that last touched the entity concerned (of an import: of the stream), as its ETag has it.
 */
export type RegionDataCommand = { readonly ifMatch?: string } & (
  | { readonly type: 'AddRealm'; readonly realm: string; readonly attributes?: Attributes }
  | ({ readonly type: 'EditRealm'; readonly realm: string } & Edit)
  | { readonly type: 'RemoveRealm'; readonly realm: string }
  | ({
      readonly type: 'AddRegion';
      /** Default: the internal name. */
      readonly public_name?: string;
      readonly realm: string;
      /** `code` goes into `regions`, everything else into `all_regions`; never `state`. */
      readonly attributes?: Attributes;
      readonly notes?: string;
      /** Adds the ViBE that brings the region up, together with it. */
      readonly vibe?: NewVibe;
    } & Region)
  /** Writes an attribute in each set where the region has it, a new one into `all_regions` (`code` into `regions`). */
  | ({ readonly type: 'EditRegion'; readonly notes?: string; readonly facts?: RegionFactsNow } & Region &
      Edit)
  | ({ readonly type: 'RemoveRegion'; readonly facts?: RegionFactsNow } & Region)
  | ({
      readonly type: 'ChangeRegionState';
      readonly to: RegionState | 'initial';
      /** Refused where the region is in another state than this (or `to`): `resume` is not a way from Building to Production. */
      readonly from?: RegionState;
      readonly cause: StateCause;
      readonly facts?: RegionFactsNow;
    } & Region)
  | {
      readonly type: 'AddVibe';
      readonly vibe: string;
      readonly host_region: string;
      readonly target_region: string;
      readonly attributes?: Attributes;
    }
  | ({ readonly type: 'EditVibe'; readonly vibe: string } & Edit)
  | { readonly type: 'RemoveVibe'; readonly vibe: string }
  | ({ readonly type: 'AddAvailabilityDomain'; readonly attributes?: Attributes } & Named)
  | ({ readonly type: 'EditAvailabilityDomain' } & Named & Edit)
  | ({ readonly type: 'RemoveAvailabilityDomain' } & Named)
  | ({
      readonly type: 'AddExecutionTarget';
      readonly availability_domain?: string | null;
      readonly attributes?: Attributes;
    } & Named)
  | ({ readonly type: 'EditExecutionTarget' } & Named & Edit)
  | ({ readonly type: 'RemoveExecutionTarget' } & Named)
  | { readonly type: 'DefineSubset'; readonly subset: string; readonly entries: readonly Json[] }
  | { readonly type: 'RemoveSubset'; readonly subset: string }
  | ({ readonly type: 'PlaceBuildHold'; readonly reason: string } & Region)
  | ({ readonly type: 'LiftBuildHold' } & Region)
  | ({ readonly type: 'SetRegionPolicy'; readonly policy: RegionPolicy } & Region)
  | { readonly type: 'SetFieldPolicy'; readonly policy: FieldPolicy }
  | ({
      readonly type: 'AttachValidationChecklist';
      readonly items: readonly { readonly id: string; readonly text: string }[];
    } & Region)
  | ({ readonly type: 'TickValidationItem'; readonly item: string; readonly passed: boolean } & Region)
  /** Adds and edits what differs; what the document does not mention stays as it is. */
  | {
      readonly type: 'ImportRegionData';
      readonly document: RegionDataDocument;
      /** Internal name → attributes of `all_regions` that the file left out: an existing region keeps its own. */
      readonly defaulted: Readonly<Record<string, readonly string[]>>;
      /** An admin's import may add regions that already have a state. */
      readonly mayAdopt: boolean;
    }
  /** Commits events staged in a stream of their own, if region data still stands at `base`. */
  | {
      readonly type: 'CommitStagedImport';
      readonly stream: string;
      readonly count: number;
      readonly digest: string;
      readonly base: string;
    }
);

export type RegionDataCommandOf<Type extends RegionDataCommand['type']> = Extract<
  RegionDataCommand,
  { readonly type: Type }
>;

/** What builds and releases know about a region and region data does not. Port; implemented by the builds context. */
export abstract class RegionFacts {
  abstract of(region: string): Promise<RegionFactsNow>;
}
