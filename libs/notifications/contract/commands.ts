import { type OwnerNoticeEvent, type SubscriptionFilter, type SubscriptionMode } from './events.js';

export type SubscriptionCommand =
  | {
      readonly type: 'CreateSubscription';
      readonly subscription: string;
      readonly name: string;
      readonly url: string | null;
      readonly filter: SubscriptionFilter;
      readonly mode: SubscriptionMode;
    }
  | { readonly type: 'RemoveSubscription'; readonly subscription: string };

/** Tells owners once: a notice of the same id is the same notice. For sagas, as a due command. */
export type NotifyOwners = { readonly type: 'NotifyOwners' } & OwnerNoticeEvent['data'];
