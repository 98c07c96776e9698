import { type Json } from '#libs/kernel';
import { type Attributes, type RegionState } from './region-data.js';

/** What every row of region data says about the change that it reflects. */
export interface Touched {
  /** Last revision that touched the entity, decimal: its ETag. */
  readonly revision: string;
  /** Change ticket of the last change, null where it had none. */
  readonly ticket: string | null;
  /** Actor of the last change. */
  readonly updatedBy: string;
  /** ISO 8601, by the store's clock. */
  readonly updatedAt: string;
}

/** Key: internal name. Indexes: `byPublicName`, `byRealm` (realm, public name), `byState` (state, public name). */
export interface RegionRow extends Touched {
  readonly region: string;
  readonly publicName: string;
  readonly realm: string;
  readonly code: string | null;
  readonly state: RegionState;
  readonly vibe: string | null;
  readonly notes: string | null;
  /** Both entries joined, as `local.region` sees them. */
  readonly attributes: Attributes;
  /** The entries as they are. */
  readonly regions: Attributes;
  readonly all_regions: Attributes;
  /** States that FIG. 7 lets a user choose from here (UI-08); whether a guard allows it is decided with the command. */
  readonly nextStates: readonly RegionState[];
  /** Reason of the build hold, null without one. */
  readonly hold: string | null;
  readonly autoBuild: boolean;
  readonly checklist: readonly {
    readonly id: string;
    readonly text: string;
    readonly passed: boolean | null;
  }[];
  readonly executionTargets: number;
  /** False: it has no execution target (RD-02). */
  readonly buildable: boolean;
  readonly adopted: boolean;
}

/** Key: name. */
export interface RealmRow extends Touched {
  readonly realm: string;
  readonly attributes: Attributes;
}

/** Key: id. Indexes: `byHost`, `byTarget` (names as the entry has them). */
export interface VibeRow extends Touched {
  readonly vibe: string;
  readonly host_region: string;
  readonly target_region: string;
  readonly attributes: Attributes;
}

/** An availability domain or execution target. Key: `<internal name>/<name>`. Index: `byRegion` (internal name, name). */
export interface PlaceRow extends Touched {
  readonly region: string;
  readonly name: string;
  readonly attributes: Attributes;
}

/** Key: name. */
export interface SubsetRow extends Touched {
  readonly subset: string;
  readonly entries: readonly Json[];
}

/** One change of one entity. Indexes: `byEntity` (entity, order), `byRegion` (region, order). */
export interface ChangeRow {
  /** `region/sea`, `realm/realm1`, `vibe/…`, `availability-domain/sea/ad1`, `execution-target/sea/et1`, `subset/…`, `policy`. */
  readonly entity: string;
  /** Internal name of the region whose own entity it is, null for none. */
  readonly region: string | null;
  /** Position with leading zeros, and the place within a staged import: sorts as the log does. */
  readonly order: string;
  readonly position: string;
  readonly revision: string;
  readonly type: string;
  readonly data: unknown;
  readonly at: string;
  readonly actor: string;
  readonly ticket: string | null;
  readonly correlationId: string;
}
