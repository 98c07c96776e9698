import { type DesiredNode, type OperationAction } from '#libs/releases/contract';
import { type Json } from '#libs/kernel';

export interface NodeIdentity {
  readonly region: string;
  readonly environment: 'vibe' | 'target';
  readonly flock: string;
  readonly target: string;
  readonly address: string;
}

/** What is really there. */
export interface ActualNode {
  readonly digest: string;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly outputs: Readonly<Record<string, Json>>;
}

export interface OperationPlan {
  readonly action: OperationAction;
  readonly changes: readonly { readonly path: string; readonly from?: Json; readonly to?: Json }[];
  /** Opaque to everybody but the executor; JSON. */
  readonly saved: Json;
}

/** An attempt that failed and may be tried again; anything else thrown by `apply` is a fault of the executor and counts as a lost result. */
export class OperationAttemptFailed extends Error {
  override readonly name = 'OperationAttemptFailed';
}

/**
 * Carries out operations in some world. `canRead`: after a crash the actual state tells whether an effect happened.
 * `isIdempotent`: `apply` under a known key answers with the first result. With neither, a lost result becomes `uncertain`.
 */
export abstract class Executor {
  abstract readonly name: string;
  abstract readonly canRead: boolean;
  abstract readonly isIdempotent: boolean;
  abstract read(node: NodeIdentity): Promise<ActualNode | null>;
  abstract plan(desired: DesiredNode, actual: ActualNode | null): Promise<OperationPlan>;
  abstract apply(
    plan: OperationPlan,
    operation: {
      readonly key: string;
      readonly attempt: number;
      readonly desired: DesiredNode;
      readonly signal: AbortSignal;
    },
  ): Promise<{ readonly outputs: Readonly<Record<string, Json>> }>;
}
