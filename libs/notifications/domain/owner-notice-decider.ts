import { refuse, type Decider } from '#libs/kernel';
import { type NotifyOwners, type OwnerNoticeEvent } from '../contract/index.js';

/** One notice; true once it was given. */
export const ownerNoticeDecider: Decider<NotifyOwners, boolean, OwnerNoticeEvent> = {
  initial: false,
  decide({ type: _, ...data }, given) {
    if (given) return [];
    if (data.owners.length > 0) return [{ type: 'OwnersNotified', data }];
    return refuse('notice/invalid', `notice "${data.notice}" names no owners`, {
      fix: 'name the owners of the flocks concerned',
    });
  },
  evolve: () => true,
};
