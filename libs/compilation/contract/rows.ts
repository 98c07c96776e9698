/** Key: number of the compilation, padded. Revisions are decimal strings. */
export interface CompilationRow {
  readonly compilation: string;
  readonly cause: 'region-data' | 'versions';
  /** Covers the revisions of region data in (after, regionData]. */
  readonly after: string;
  readonly regionData: string;
  readonly flocks: number;
  readonly recompiled: readonly string[];
  readonly changed: readonly string[];
  readonly regions: readonly string[];
  /** Blob: `CompilationDetail`. */
  readonly detail: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Key: the flock's name. */
export interface CompiledFlockRow {
  readonly flock: string;
  /** Revision of region data at which it was evaluated last. */
  readonly regionData: string;
  readonly recompiledAt: string;
  readonly recompilations: number;
  readonly changedAtRegionData: string;
  readonly changedAt: string;
  /** Blob: `CompilationDetail` of the last evaluation. */
  readonly detail: string;
}
