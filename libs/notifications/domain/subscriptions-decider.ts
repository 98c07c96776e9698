import { refuse, type Decider, type Refusal } from '#libs/kernel';
import { type SubscriptionCommand, type SubscriptionEvent } from '../contract/index.js';

export type Subscription = Extract<SubscriptionEvent, { readonly type: 'SubscriptionCreated' }>['data'];

/** By id. */
export type SubscriptionsState = ReadonlyMap<string, Subscription>;

const limit = 1_000;

export const subscriptionsDecider: Decider<SubscriptionCommand, SubscriptionsState, SubscriptionEvent> = {
  initial: new Map(),
  decide(command, state) {
    const { subscription } = command;
    if (command.type === 'RemoveSubscription') {
      return state.has(subscription) ? [{ type: 'SubscriptionRemoved', data: { subscription } }] : [];
    }
    const { type: _, ...data } = command;
    if (state.has(subscription)) {
      return refuse('subscription/exists', `there is a subscription "${subscription}" already`, {
        fix: 'create it under another id',
      });
    }
    if (state.size >= limit) {
      return refuse('subscription/too-many', `there are ${limit} subscriptions`, { fix: 'remove one first' });
    }
    return checkDelivery(data) ?? [{ type: 'SubscriptionCreated', data }];
  },
  evolve(state, event) {
    const next = new Map(state);
    if (event.type === 'SubscriptionCreated') next.set(event.data.subscription, event.data);
    else next.delete(event.data.subscription);
    return next;
  },
};

function checkDelivery({ url, mode }: Subscription): Refusal | null {
  if (mode.kind === 'on-schedule' && !(mode.everySeconds >= 1 && mode.everySeconds <= 86_400)) {
    return refuse('subscription/invalid-schedule', `every ${mode.everySeconds} seconds is no schedule`, {
      fix: 'choose 1 to 86,400 seconds',
    });
  }
  if (mode.kind === 'poll') {
    if (url === null) return null;
    return refuse('subscription/invalid-url', 'a subscription that is polled is delivered to nowhere', {
      fix: 'leave the url out, or choose another mode',
    });
  }
  if (url !== null && /^https?:\/\/[^\s@/]+(\/\S*)?$/i.test(url) && url.length <= 2_000) return null;
  return refuse('subscription/invalid-url', `${JSON.stringify(url)} cannot be delivered to`, {
    fix: 'give an http or https address without credentials in it',
  });
}
