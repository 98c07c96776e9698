import { type OperationAction, type ReleaseNode, type ReleasePlan, type DesiredNode } from './events.js';
import { type Json } from '#libs/kernel';

/** A place that a Regional serves, `<internal name>/<vibe or target>`; `*`: all of them. */
export type RegionalPlace = string;

/** A Regional as Central knows it. */
export interface RegionalSummary {
  readonly name: string;
  readonly places: readonly RegionalPlace[];
  readonly joinedAt: string;
  /** Its lease has been renewed within its term. */
  readonly alive: boolean;
}

/** A release that is to be planned. */
export interface LeasedPlan {
  /** By which a Regional tells that it has this under way. */
  readonly id: string;
  readonly release: string;
  readonly epoch: number;
  /** As `ReleaseSent` has it, for whoever plans. */
  readonly place: Pick<DesiredNode, 'region' | 'environment' | 'flock' | 'version' | 'target'>;
  readonly nodes: readonly ReleaseNode[];
  readonly correlationId: string;
}

/** One attempt at one node; everything that its executor needs. */
export interface LeasedOperation {
  /** By which a Regional tells that it has this under way. */
  readonly id: string;
  readonly release: string;
  readonly epoch: number;
  readonly node: string;
  readonly key: string;
  readonly attempt: number;
  /** Its intent was recorded, but not what came of it. */
  readonly lost: boolean;
  readonly action: OperationAction | null;
  readonly desired: DesiredNode;
  readonly correlationId: string;
}

export interface LeasedWork {
  readonly plans: readonly LeasedPlan[];
  readonly operations: readonly LeasedOperation[];
}

/** What became of an attempt so far. `start`: its intent, before anything is done. `publish`: of a capability; with a reason, its probe failed. */
export type OperationOutcome =
  | { readonly outcome: 'start'; readonly action: OperationAction }
  | {
      readonly outcome: 'succeed';
      readonly action: OperationAction;
      readonly outputs: Readonly<Record<string, Json>>;
    }
  | { readonly outcome: 'fail'; readonly error: string }
  | { readonly outcome: 'uncertain' }
  | { readonly outcome: 'publish'; readonly probeFailure: string | null };

/** The attempt that a Regional reports on; `epoch` is the fencing token. */
export interface OperationReport {
  readonly release: string;
  readonly epoch: number;
  readonly node: string;
  readonly key: string;
  readonly attempt: number;
  readonly correlationId: string;
}

/**
 * Central as a Regional sees it. Every call is idempotent: repeated, it is answered as the first time. Rejects with `Refused`:
 * `regional/superseded` where another run of this Regional has joined, `release/stale-epoch` where the lease is another's.
 */
export interface Central {
  /** Tells that this run serves these places, and ends any earlier run's leases. Answers how long a lease holds, in ms. */
  join(places: readonly RegionalPlace[]): Promise<{ readonly termMs: number }>;
  /** What Central has forgotten of it is told again. */
  renew(places: readonly RegionalPlace[]): Promise<{ readonly termMs: number }>;
  /** Gives all leases back. */
  leave(): Promise<void>;
  /** Waits up to `waitMs` for work. `underWay`: what need not be told again. */
  lease(request: {
    readonly limit: number;
    readonly waitMs: number;
    readonly underWay: readonly string[];
  }): Promise<LeasedWork>;
  plan(plan: LeasedPlan, operations: ReleasePlan['operations']): Promise<void>;
  report(operation: OperationReport, outcome: OperationOutcome): Promise<void>;
}
