import { type DomainEvent } from '#libs/kernel';

/** Stream `compilation`. Revisions are decimal strings of revisions of the region-data stream; `after` is -1 before the first. */
export type CompilationEvent =
  | DomainEvent<
      'RegionDataCompiled',
      {
        /** Covers every revision in (after, revision]. */
        readonly after: string;
        readonly revision: string;
        /** Flocks in use, those evaluated again, and of these the ones whose result differs. */
        readonly flocks: number;
        readonly recompiled: readonly string[];
        readonly changed: readonly string[];
        /** Internal names of regions whose compiled result (targets or resources) differs, and of those whose own entities were touched. */
        readonly regions: readonly string[];
        readonly touched: readonly string[];
        /** Blob: `CompilationDetail`. */
        readonly detail: string;
      }
    >
  /** A new selection of versions (golden, pin, adopted set) was compiled at the same region data. */
  | DomainEvent<
      'VersionsCompiled',
      {
        /** Position of the log up to which selections are covered. */
        readonly upTo: string;
        readonly regionData: string;
        readonly flocks: number;
        readonly recompiled: readonly string[];
        readonly changed: readonly string[];
        readonly regions: readonly string[];
        readonly detail: string;
      }
    >;

/** Blob behind a compilation: why each flock was evaluated again, and where each result stands. */
export interface CompilationDetail {
  readonly recompiled: readonly {
    readonly flock: string;
    readonly version: string;
    /** The changed paths that it had read; empty where it was compiled for the first time. */
    readonly reads: readonly string[];
    readonly stage: 'targets' | 'resources';
    readonly region?: string;
    readonly digest: string;
    readonly errors: number;
  }[];
}

export const compilationStream = 'compilation';
