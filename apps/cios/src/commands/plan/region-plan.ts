/** Desired against done, as the public API answers it. */
export interface RegionPlan {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  readonly untouched: number;
  readonly operations: readonly {
    readonly node: string;
    readonly address: string;
    /** Absent in the plan of one release. */
    readonly flock?: string;
    readonly environment?: string;
    readonly action: string;
    readonly changes?: readonly { readonly path: string; readonly from?: unknown; readonly to?: unknown }[];
  }[];
}
