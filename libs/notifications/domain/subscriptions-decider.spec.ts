import { describe, expect, it } from '@jest/globals';
import { type RecordedEvent } from '#libs/kernel';
import { specification } from '#libs/kernel/testing';
import { type SubscriptionEvent } from '../contract/index.js';
import { matches, ownerNoticeDecider, subscriptionsDecider } from './index.js';

const filter = { types: [], regions: [], owners: [] };
const data = {
  subscription: 's1',
  name: 'dns team',
  url: 'https://example.com/hook',
  filter,
  mode: { kind: 'on-change' },
} as const;
const created: SubscriptionEvent = { type: 'SubscriptionCreated', data };
const spec = specification(subscriptionsDecider);

describe('subscriptions', () => {
  it('are created and removed, each once', () => {
    spec
      .given()
      .when({ type: 'CreateSubscription', ...data })
      .then(created);
    spec
      .given(created)
      .when({ type: 'CreateSubscription', ...data })
      .refused('subscription/exists');
    spec
      .given(created)
      .when({ type: 'RemoveSubscription', subscription: 's1' })
      .then({ type: 'SubscriptionRemoved', data: { subscription: 's1' } });
    spec.given().when({ type: 'RemoveSubscription', subscription: 's1' }).thenNothing();
  });
  it('say where to deliver, and when', () => {
    const create = (more: object) => spec.given().when({ type: 'CreateSubscription', ...data, ...more });
    create({ url: null }).refused('subscription/invalid-url');
    create({ url: 'file:///etc/passwd' }).refused('subscription/invalid-url');
    create({ url: 'https://user:secret@example.com' }).refused('subscription/invalid-url');
    create({ mode: { kind: 'poll' } }).refused('subscription/invalid-url');
    create({ mode: { kind: 'on-schedule', everySeconds: 0 } }).refused('subscription/invalid-schedule');
    create({ mode: { kind: 'on-schedule', everySeconds: NaN } }).refused('subscription/invalid-schedule');
  });
});

describe('a filter', () => {
  const event = (type: string, value: unknown, stream = 'region-data') =>
    ({ type, data: value, stream }) as RecordedEvent;
  it('goes by type, region and owner', () => {
    const edited = event('RegionEdited', { region: 'sea' });
    expect(matches(filter, edited)).toBe(true);
    expect(matches({ ...filter, types: ['RealmAdded'] }, edited)).toBe(false);
    expect(matches({ ...filter, regions: ['sea'] }, edited)).toBe(true);
    expect(matches({ ...filter, regions: ['iad'] }, edited)).toBe(false);
    expect(matches({ ...filter, owners: ['dns@example.com'] }, edited)).toBe(false);
    const notice = event('OwnersNotified', { owners: ['dns@example.com'], region: null }, 'owner-notice-1');
    expect(matches({ ...filter, owners: ['dns@example.com'] }, notice)).toBe(true);
  });
  it('sees into a committed import, and never into bookkeeping', () => {
    const imported = event('RegionDataImported', { events: [{ type: 'RealmAdded', data: { realm: 'r' } }] });
    expect(matches({ ...filter, types: ['RealmAdded'] }, imported)).toBe(true);
    expect(matches({ ...filter, types: ['RealmRemoved'] }, imported)).toBe(false);
    expect(matches(filter, event('TokenIssued', {}, 'access'))).toBe(false);
  });
});

it('gives a notice to owners once (GR-08)', () => {
  const notices = specification(ownerNoticeDecider);
  const notice = {
    notice: 'n1',
    owners: ['a@example.com'],
    kind: 'cycle',
    region: 'sea',
    summary: 'a needs b needs a',
    detail: 'remove one dependency',
  };
  notices
    .given()
    .when({ type: 'NotifyOwners', ...notice })
    .then({ type: 'OwnersNotified', data: notice });
  notices
    .given({ type: 'OwnersNotified', data: notice })
    .when({ type: 'NotifyOwners', ...notice })
    .thenNothing();
  notices
    .given()
    .when({ type: 'NotifyOwners', ...notice, owners: [] })
    .refused('notice/invalid');
});
