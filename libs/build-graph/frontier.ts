/** What a node waits for; all empty where it is ready, started or done. */
export interface Blocked {
  /** Ids of the direct predecessors that are not done. */
  readonly predecessors: readonly string[];
  /** Names of the closed gates that it waits for. */
  readonly gates: readonly string[];
  /** Reasons for which it is held. */
  readonly holds: readonly string[];
}

/** Of operations only. */
export interface FrontierCounts {
  readonly total: number;
  readonly done: number;
  readonly started: number;
  readonly ready: number;
  readonly waiting: number;
}

/** Plain JSON; what `new Frontier(graph, state)` takes back, also with another graph after a merge. */
export interface FrontierState {
  readonly done: readonly string[];
  readonly started?: readonly string[];
  readonly openGates?: readonly string[];
  readonly holds?: readonly { readonly node: string; readonly reason: string }[];
}
