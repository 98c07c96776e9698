import { type DomainEvent, type Json } from '#libs/kernel';

/** A Regional by the place that it serves: (host region, target), (region, vibe) or (region, target). */
export interface RegionalId {
  readonly region: string;
  readonly environment: 'vibe' | 'target';
}

/** Blob behind `ReleaseSent`: what one release is to make true. */
export interface ReleaseContent {
  readonly nodes: readonly ReleaseNode[];
}

/** How a region's baseline has a node that was never carried out since. */
export interface BaselineNode {
  readonly digest: string;
  /** As compiled; what was not known stands as a reference. */
  readonly attributes: Readonly<Record<string, Json>>;
}

export interface ReleaseNode {
  readonly node: string;
  readonly address: string;
  readonly type: string;
  readonly executor: string;
  /** Compiled digest; outputs not yet known stand as references. */
  readonly digest: string;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly baseline?: BaselineNode;
}

/** Blob behind a dispatched node: everything that its executor needs, outputs filled in but for those that a baseline does not know. */
export interface DesiredNode {
  readonly node: string;
  readonly region: string;
  readonly environment: 'vibe' | 'target';
  readonly flock: string;
  readonly version: string;
  readonly target: string;
  readonly address: string;
  readonly type: string;
  readonly executor: string;
  readonly digest: string;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly baseline?: BaselineNode;
  readonly artifact: { readonly name: string; readonly version: string; readonly digest: string } | null;
  /** Only of a publication: the capability, its probe, and all nodes that publish it. */
  readonly publishes: {
    readonly environment: 'vibe' | 'target';
    readonly name: string;
    readonly partial: boolean;
    readonly probe: Readonly<Record<string, Json>> | null;
    readonly publishers: readonly string[];
  } | null;
}

export type OperationAction = 'create' | 'update' | 'replace' | 'delete' | 'none' | 'publish';

/** Blob behind `ReleasePlanned`. */
export interface ReleasePlan {
  readonly release: string;
  readonly operations: readonly {
    readonly node: string;
    readonly address: string;
    readonly action: OperationAction;
    readonly changes: readonly { readonly path: string; readonly from?: Json; readonly to?: Json }[];
  }[];
}

/**
 * Stream `release-<id>`. One attempt of an operation costs NodeDispatched (once), OperationStarted and one result.
 * `digest` of a node is its current digest, predecessors' outputs filled in.
 */
export type ReleaseEvent =
  | DomainEvent<
      'ReleaseSent',
      {
        readonly release: string;
        readonly build: string;
        readonly region: string;
        readonly environment: 'vibe' | 'target';
        readonly flock: string;
        readonly version: string;
        readonly target: string;
        readonly round: number;
        readonly to: RegionalId;
        /** Blob: `ReleaseContent`. */
        readonly content: string;
        readonly nodes: readonly string[];
        readonly approval: 'auto' | 'person';
      }
    >
  | DomainEvent<
      'ReleasePlanned',
      {
        readonly release: string;
        readonly region: string;
        readonly plan: string;
        readonly add: number;
        readonly change: number;
        readonly destroy: number;
        readonly none: number;
      }
    >
  | DomainEvent<
      'ReleaseApproved',
      {
        readonly release: string;
        readonly region: string;
        readonly plan: string;
        readonly by: 'policy' | 'person';
        readonly reason?: string;
      }
    >
  | DomainEvent<
      'ReleaseRejected',
      { readonly release: string; readonly region: string; readonly plan: string; readonly reason: string }
    >
  | DomainEvent<
      'NodeDispatched',
      {
        readonly release: string;
        readonly region: string;
        readonly node: string;
        readonly digest: string;
        /** Blob: `DesiredNode`. */
        readonly desired: string;
        readonly to: RegionalId;
      }
    >
  | DomainEvent<
      'NodeRecalled',
      { readonly release: string; readonly region: string; readonly node: string; readonly reason: string }
    >
  | DomainEvent<
      'LeaseGranted',
      {
        readonly release: string;
        readonly region: string;
        readonly regional: string;
        readonly epoch: number;
      }
    >
  /** The intent, recorded before anything is done. */
  | DomainEvent<
      'OperationStarted',
      {
        readonly release: string;
        readonly region: string;
        readonly node: string;
        readonly key: string;
        readonly attempt: number;
        readonly action: OperationAction;
        readonly digest: string;
        readonly epoch: number;
      }
    >
  | DomainEvent<
      'OperationSucceeded',
      {
        readonly release: string;
        readonly region: string;
        readonly node: string;
        readonly key: string;
        readonly attempt: number;
        readonly action: OperationAction;
        readonly digest: string;
        readonly outputs: Readonly<Record<string, Json>>;
        readonly epoch: number;
      }
    >
  | DomainEvent<
      'OperationFailed',
      {
        readonly release: string;
        readonly region: string;
        readonly node: string;
        readonly key: string;
        readonly attempt: number;
        readonly digest: string;
        readonly error: string;
        /** ISO 8601; absent: it is not tried again by itself. */
        readonly retryAt?: string;
        readonly epoch: number;
      }
    >
  /** A lost result of an executor that can neither read nor repeat: a person decides. */
  | DomainEvent<
      'OperationUncertain',
      { readonly release: string; readonly region: string; readonly node: string; readonly key: string }
    >
  /** Every node that was not recalled is done. */
  | DomainEvent<'ReleaseCompleted', { readonly release: string; readonly region: string }>;

export const releaseStream = (release: string): string => `release-${release}`;
/** Identity of an effect: the same release never does the same node twice at one digest. */
export const operationKey = (release: string, node: string, digest: string): string =>
  `${release}:${node}@${digest.slice(0, 16)}`;

/** Every event type that releases write. */
export const eventTypes = [
  'ReleaseSent',
  'ReleasePlanned',
  'ReleaseApproved',
  'ReleaseRejected',
  'NodeDispatched',
  'NodeRecalled',
  'LeaseGranted',
  'OperationStarted',
  'OperationSucceeded',
  'OperationFailed',
  'OperationUncertain',
  'ReleaseCompleted',
] as const satisfies readonly ReleaseEvent['type'][];
