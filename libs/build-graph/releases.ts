/** The build's nodes of one round of one flock in one execution target (ARCHITECTURE, "A release is …"). Plain JSON. */
export interface ReleaseGroup {
  /** `region/environment/flock/target#round`; stable as long as round and target are. */
  readonly id: string;
  readonly region: string;
  readonly environment: string;
  readonly flock: string;
  readonly target: string;
  /** From 1. */
  readonly round: number;
  /** Ids of the operations in it, in topological order. */
  readonly nodes: readonly string[];
}
