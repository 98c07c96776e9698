import { type DomainEvent } from '#libs/kernel';

/** Which events a subscription is about; an empty list means all. */
export interface SubscriptionFilter {
  readonly types: readonly string[];
  /** Internal names: only events that name one of these regions. */
  readonly regions: readonly string[];
  /** Only notices to one of these owners (GR-08). */
  readonly owners: readonly string[];
}

/** CH-04: at once; gathered, every so many seconds; or never, the subscriber asks. */
export type SubscriptionMode =
  | { readonly kind: 'on-change' }
  | { readonly kind: 'on-schedule'; readonly everySeconds: number }
  | { readonly kind: 'poll' };

/** The stream `notification-subscriptions`. Signing secrets are derived, never stored. */
export type SubscriptionEvent =
  | DomainEvent<
      'SubscriptionCreated',
      {
        readonly subscription: string;
        readonly name: string;
        /** Null with the mode `poll`. */
        readonly url: string | null;
        readonly filter: SubscriptionFilter;
        readonly mode: SubscriptionMode;
      }
    >
  | DomainEvent<'SubscriptionRemoved', { readonly subscription: string }>;

/** Stream `owner-notice-<notice>`: what the owners of flocks must know, delivered to whoever subscribed for them. */
export type OwnerNoticeEvent = DomainEvent<
  'OwnersNotified',
  {
    readonly notice: string;
    readonly owners: readonly string[];
    /** `cycle`, `orphaned-capability`, … */
    readonly kind: string;
    readonly region: string | null;
    readonly summary: string;
    /** What is wrong, why, and how to mend it, with file and line. */
    readonly detail: string;
  }
>;

export const subscriptionsStream = 'notification-subscriptions';

export const eventTypes = [
  'SubscriptionCreated',
  'SubscriptionRemoved',
  'OwnersNotified',
] as const satisfies readonly (SubscriptionEvent | OwnerNoticeEvent)['type'][];
