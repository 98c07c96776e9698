/** The consequences of a revision of region data: what was evaluated again because of it. */
export interface Settled {
  /** Revision up to which the compilation that covers it goes, decimal. */
  readonly revision: string;
  readonly recompiled: readonly { readonly flock: string; readonly reads: readonly string[] }[];
  /** Flocks in use that were not. */
  readonly unchanged: number;
}

/** Tells when the consequences of an edit are in. Port; implemented by compilation. */
export abstract class SettledCompilation {
  /** Waits for the `RegionDataCompiled` that covers the revision; null where it did not come within `timeoutMs` (default 10,000). */
  abstract settled(revision: bigint, timeoutMs?: number): Promise<Settled | null>;
}
