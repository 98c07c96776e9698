import { type DomainEvent } from '#libs/kernel';

/** Where a capability holds: in a region's ViBE or in the region itself. `host` in a flock config means (host region, target). */
export interface CapabilityId {
  readonly environment: 'vibe' | 'target';
  readonly name: string;
}

/** Who published: a flock's capability resource at one target, a person, or an adoption. */
export type Publisher =
  | {
      readonly kind: 'node';
      readonly node: string;
      readonly flock: string;
      readonly target: string;
      readonly release: string;
      /** The part of the patent that speaks: Regional, deployment orchestrator through the worker, worker, host provisioning. */
      readonly through: 'cios-regional' | 'deployment-orchestrator' | 'worker' | 'host-provisioning';
    }
  | { readonly kind: 'person' }
  | { readonly kind: 'adoption' };

/** Stream `capabilities-<region>` (internal name). */
export type CapabilityEvent =
  /** One publisher has published. */
  | DomainEvent<
      'CapabilityPublished',
      CapabilityId & {
        readonly region: string;
        readonly publisher: Publisher;
        readonly partial: boolean;
        /** Nodes that must all have published before the capability is available. */
        readonly publishers: readonly string[];
        readonly outputs: Readonly<Record<string, unknown>>;
      }
    >
  /** All publishers have published: whoever waits may go on. Follows in the same append. */
  | DomainEvent<
      'CapabilityBecameAvailable',
      CapabilityId & { readonly region: string; readonly outputs: Readonly<Record<string, unknown>> }
    >
  | DomainEvent<'CapabilityWithdrawn', CapabilityId & { readonly region: string; readonly reason: string }>
  /** Published while its probe failed or its dependencies were not done: recorded and reported, never available. */
  | DomainEvent<
      'CapabilityFalselyPublished',
      CapabilityId & { readonly region: string; readonly publisher: Publisher; readonly reason: string }
    >;

export type CapabilityCommand =
  | {
      readonly type: 'PublishCapability';
      readonly region: string;
      readonly environment: 'vibe' | 'target';
      readonly name: string;
      readonly publisher: Publisher;
      readonly partial: boolean;
      readonly publishers: readonly string[];
      readonly outputs: Readonly<Record<string, unknown>>;
      /** Null: the probe held, or there is none. */
      readonly probeFailure: string | null;
    }
  | {
      readonly type: 'WithdrawCapability';
      readonly region: string;
      readonly environment: 'vibe' | 'target';
      readonly name: string;
      readonly reason: string;
    }
  | {
      readonly type: 'AdoptCapabilities';
      readonly region: string;
      readonly capabilities: readonly (CapabilityId & {
        /** What it gives, as far as that is known; default nothing. */
        readonly outputs?: Readonly<Record<string, unknown>>;
      })[];
    };

export const capabilitiesStream = (region: string): string => `capabilities-${region}`;

/** The names that MFO itself reads. */
export const selfSufficiency = ['cios-regional', 'worker', 'deployment-orchestrator'] as const;
export const hardwareCapability = 'hardware';

/** Every event type that capabilities write. */
export const eventTypes = [
  'CapabilityPublished',
  'CapabilityBecameAvailable',
  'CapabilityWithdrawn',
  'CapabilityFalselyPublished',
] as const satisfies readonly CapabilityEvent['type'][];
