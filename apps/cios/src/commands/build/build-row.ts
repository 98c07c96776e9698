/** A build as the public API shows it. */
export interface BuildRow {
  readonly build: string;
  readonly region: string;
  readonly kind: string;
  readonly status: string;
  readonly regionData: string;
  readonly counts?: {
    readonly total: number;
    readonly done: number;
    readonly started: number;
    readonly ready: number;
    readonly waiting: number;
    readonly failed: number;
    readonly expected?: number;
  };
  readonly graph?: {
    readonly nodes: number;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
  };
  readonly merges?: readonly {
    readonly regionData: string;
    readonly nodes: number;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
  }[];
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly releases?: number;
  readonly operations?: number;
}

/** How many of all nodes that are to be done, known or forecast, are done. */
export function progressOf({ counts }: Pick<BuildRow, 'counts'>): {
  readonly done: number;
  readonly total: number;
} {
  return { done: counts?.done ?? 0, total: (counts?.total ?? 0) + (counts?.expected ?? 0) };
}
