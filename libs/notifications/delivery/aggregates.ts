import { type Aggregate } from '#libs/event-store';
import {
  subscriptionsStream,
  type NotifyOwners,
  type OwnerNoticeEvent,
  type SubscriptionCommand,
  type SubscriptionEvent,
} from '../contract/index.js';
import { ownerNoticeDecider, subscriptionsDecider, type SubscriptionsState } from '../domain/index.js';

/** The one stream of subscriptions. */
export const subscriptionsAggregate: Aggregate<SubscriptionCommand, SubscriptionsState, SubscriptionEvent> = {
  name: subscriptionsStream,
  decider: subscriptionsDecider,
  streamOf: () => subscriptionsStream,
};

/** Instance: the notice's id. */
export const ownerNoticeAggregate: Aggregate<NotifyOwners, boolean, OwnerNoticeEvent> = {
  name: 'owner-notice',
  decider: ownerNoticeDecider,
  streamOf: (notice) => `owner-notice-${notice}`,
};
