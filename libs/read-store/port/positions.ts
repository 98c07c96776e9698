/** Where the projections of this installation stand; what `after=<position>` waits on. */
export abstract class ProjectionPositions {
  /** Waits until every named projection reflects `position`; false where `timeoutMs` (default 2,000) passed first. */
  abstract waitFor(projections: readonly string[], position: bigint, timeoutMs?: number): Promise<boolean>;
  abstract reached(): Promise<ReadonlyMap<string, bigint | null>>;
}
