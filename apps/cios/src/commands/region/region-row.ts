import { type Json } from '#libs/kernel';

/** A region as the public API shows it. */
export interface RegionRow {
  readonly region: string;
  readonly publicName: string;
  readonly realm: string;
  readonly state: string;
  readonly vibe: string | null;
  readonly notes: string | null;
  readonly ticket: string | null;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly nextStates: readonly string[];
  readonly hold: string | null;
  readonly autoBuild: boolean;
  readonly executionTargets: number;
  readonly revision: string;
  readonly updatedBy: string;
  readonly updatedAt: string;
}
