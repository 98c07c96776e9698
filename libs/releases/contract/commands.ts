import { type Json } from '#libs/kernel';
import { type OperationAction, type RegionalId } from './events.js';

/** Commands on one release. MFO sends the first four, a person the next two, a Regional the rest. */
export type ReleaseCommand =
  | {
      readonly type: 'SendRelease';
      readonly release: string;
      readonly build: string;
      readonly region: string;
      readonly environment: 'vibe' | 'target';
      readonly flock: string;
      readonly version: string;
      readonly target: string;
      readonly round: number;
      readonly to: RegionalId;
      readonly content: string;
      readonly nodes: readonly string[];
      readonly approval: 'auto' | 'person';
    }
  | {
      readonly type: 'DispatchNode';
      readonly release: string;
      readonly node: string;
      readonly digest: string;
      readonly desired: string;
      readonly to: RegionalId;
    }
  /** Refused (`release/operation-started`) once the node's intent is recorded. */
  | {
      readonly type: 'RecallNode';
      readonly release: string;
      readonly node: string;
      readonly reason: string;
    }
  | { readonly type: 'RetryNode'; readonly release: string; readonly node: string }
  | {
      readonly type: 'ApproveRelease';
      readonly release: string;
      readonly plan: string;
      readonly reason?: string;
    }
  | {
      readonly type: 'RejectRelease';
      readonly release: string;
      readonly plan: string;
      readonly reason: string;
    }
  | {
      readonly type: 'PlanRelease';
      readonly release: string;
      readonly plan: string;
      readonly add: number;
      readonly change: number;
      readonly destroy: number;
      readonly none: number;
      /** Of a Regional that leases over HTTP: refused where it is over. */
      readonly epoch?: number;
    }
  /**
   * Ends the epoch of whoever held the release before; a result of an older epoch is refused. With `after`, only where that is still
   * the epoch (0: nobody held it), so that of two who find a lease over one gets it.
   */
  | {
      readonly type: 'GrantLease';
      readonly release: string;
      readonly regional: string;
      readonly after?: number;
    }
  | {
      readonly type: 'StartOperation';
      readonly release: string;
      readonly node: string;
      readonly key: string;
      readonly attempt: number;
      readonly action: OperationAction;
      readonly epoch: number;
    }
  | {
      readonly type: 'SucceedOperation';
      readonly release: string;
      readonly node: string;
      readonly key: string;
      readonly attempt: number;
      readonly action: OperationAction;
      readonly outputs: Readonly<Record<string, Json>>;
      readonly epoch: number;
    }
  | {
      readonly type: 'FailOperation';
      readonly release: string;
      readonly node: string;
      readonly key: string;
      readonly attempt: number;
      readonly error: string;
      readonly retryAt?: string;
      readonly epoch: number;
    }
  | {
      readonly type: 'ReportUncertain';
      readonly release: string;
      readonly node: string;
      readonly key: string;
      readonly epoch: number;
    };
