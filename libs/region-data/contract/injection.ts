import { type Json } from '#libs/kernel';
import { type RegionDataDocument } from './region-data.js';

/** What a fleet-wide evaluation sees as `local.<name>`: `Deprecated` regions left out (everywhere), notes and tickets never in it. */
export type InjectedSubsets = Readonly<Record<string, readonly Json[]>>;

/** What a resource evaluation in one region sees besides: `local.region` and `local.realm`. */
export interface RegionLocals {
  /** The region's entries of `regions` and `all_regions` joined, the latter winning. */
  readonly region: Readonly<Record<string, Json>>;
  readonly realm: Readonly<Record<string, Json>>;
}

export type InjectSubsets = (document: RegionDataDocument) => InjectedSubsets;
export type InjectRegion = (document: RegionDataDocument, internalName: string) => RegionLocals | null;
