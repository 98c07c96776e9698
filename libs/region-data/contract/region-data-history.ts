import { type RegionDataDocument } from './region-data.js';

/** Region data as of one revision of its stream. */
export interface RegionDataVersion {
  readonly document: RegionDataDocument;
  /** -1n: no event yet. */
  readonly revision: bigint;
  readonly position: bigint;
  /** Internal names in `none`…`Deprecated`, held builds, policies: what is beside the document. */
  readonly beside: {
    readonly heldRegions: ReadonlySet<string>;
    readonly autoBuild: ReadonlySet<string>;
  };
}

/** A path that a change touched, as evaluation reports reads: `local.all_regions[*].state`; `local.all_regions` means membership. */
export interface ChangedPath {
  readonly path: string;
  /** Where the change is confined to one region's entries: only that region's `local.region…` is touched. */
  readonly region?: string;
}

/** The value of all region data, now and at any past revision, and what changed in between. Port; implemented by region-data. */
export abstract class RegionDataHistory {
  /** Current as far as this process has read; `atLeast` waits until that revision has been read. */
  abstract current(atLeast?: bigint): Promise<RegionDataVersion>;
  /** At a revision, a global position, or a time (ISO 8601, by recordedAt). O(events since a kept snapshot). */
  abstract at(
    point: { readonly revision: bigint } | { readonly position: bigint } | { readonly time: string },
  ): Promise<RegionDataVersion>;
  /** Paths touched by revisions in (after, upTo]. */
  abstract changedPaths(after: bigint, upTo: bigint): Promise<readonly ChangedPath[]>;
}
