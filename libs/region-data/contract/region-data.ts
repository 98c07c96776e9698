import { type Json } from '#libs/kernel';

/** FIG. 7. Stored spelled exactly so; `initial` is accepted for `none` wherever a state is read. */
export const regionStates = ['none', 'Building', 'Production', 'Paused', 'Deprecated'] as const;
export type RegionState = (typeof regionStates)[number];

export type Attributes = Readonly<Record<string, Json>>;

/** An entry of `realms`. Key: `name`. */
export interface RealmEntry extends Attributes {
  readonly name: string;
}

/** An entry of `regions`. Key: `internal_name`, immutable: letters, digits, `-`, `_`. */
export interface RegionEntry extends Attributes {
  readonly internal_name: string;
  readonly public_name: string;
  readonly realm: string;
}

/** An entry of `all_regions`, joined to `regions` by `name` = `public_name`. */
export interface AllRegionsEntry extends Attributes {
  readonly name: string;
  readonly realm: string;
  readonly state: RegionState;
  /** `id` of a ViBE, or null. */
  readonly ViBE_region: string | null;
  readonly target_available: boolean;
}

export interface VibeEntry extends Attributes {
  readonly id: string;
  readonly host_region: string;
  readonly target_region: string;
}

/** Key: region and name. `region` is either name of a region. */
export interface AvailabilityDomainEntry extends Attributes {
  readonly name: string;
  readonly region: string;
  readonly realm: string;
}

/** A place (data centre, device group) at which flocks' targets can stand. Key: region and name. */
export interface ExecutionTargetEntry extends Attributes {
  readonly name: string;
  readonly region: string;
  readonly availability_domain: string | null;
}

/**
 * The region-data document: import, export, `--region-data FILE`, and what a fold of the region-data stream yields.
 * Lists are in the order in which entries were added.
 */
export interface RegionDataDocument {
  readonly realms: readonly RealmEntry[];
  readonly regions: readonly RegionEntry[];
  readonly all_regions: readonly AllRegionsEntry[];
  readonly vibes: readonly VibeEntry[];
  readonly availability_domains: readonly AvailabilityDomainEntry[];
  readonly execution_targets: readonly ExecutionTargetEntry[];
  /** Named custom subsets (`local.gov_regions`): lists of anything. */
  readonly subsets: Readonly<Record<string, readonly Json[]>>;
}

/** Names that no custom subset and no flock's local may take. */
export const reservedSubsets = [
  'realms',
  'regions',
  'all_regions',
  'vibes',
  'availability_domains',
  'execution_targets',
  'region',
  'realm',
  'execution_target',
] as const;
