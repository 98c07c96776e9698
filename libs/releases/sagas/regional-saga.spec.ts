import { describe, expect, it } from '@jest/globals';
import { type RecordedEvent } from '#libs/kernel';
import { checkSagaLaw } from '#libs/read-store/testing';
import { type RegionDataEvent } from '#libs/region-data/contract';
import { operationKey, type ReleaseEvent } from '../contract/index.js';
import { regionalSaga } from './regional-saga.js';

const release = 'sea-1.target.dns.ad1.r1';
const region = 'sea';
const to = { region, environment: 'target' } as const;
const recorded = (event: ReleaseEvent | RegionDataEvent, n: number, stream = 'release'): RecordedEvent => ({
  id: `${stream}${n}`,
  type: event.type,
  stream,
  revision: BigInt(n),
  position: BigInt(n),
  recordedAt: '2026-01-01T00:00:00.000Z',
  data: event.data,
  salt: '',
  metadata: {
    commandId: `c${n}`,
    actor: 'mfo',
    occurredAt: '2026-01-01T00:00:00.000Z',
    correlationId: 'x',
    dataDigest: '',
    hash: '',
    previousHash: '',
  },
});
const sent: ReleaseEvent = {
  type: 'ReleaseSent',
  data: {
    release,
    build: 'sea-1',
    region,
    environment: 'target',
    flock: 'dns',
    version: '1',
    target: 'ad1',
    round: 1,
    to,
    content: 'c',
    nodes: ['a', 'b'],
    approval: 'auto',
  },
};
const planned: ReleaseEvent = {
  type: 'ReleasePlanned',
  data: { release, region, plan: 'p', add: 1, change: 0, destroy: 0, none: 0 },
};
const approved: ReleaseEvent = {
  type: 'ReleaseApproved',
  data: { release, region, plan: 'p', by: 'policy' },
};
const dispatched = (node: string): ReleaseEvent => ({
  type: 'NodeDispatched',
  data: { release, region, node, digest: 'd', desired: 'x', to },
});
const operation = (node: string, attempt = 1) => ({
  release,
  region,
  node,
  key: operationKey(release, node, 'd'),
  attempt,
  digest: 'd',
  epoch: 1,
});
const started = (node: string): ReleaseEvent => ({
  type: 'OperationStarted',
  data: { ...operation(node), action: 'create' },
});
const failed = (node: string, retryAt?: string): ReleaseEvent => ({
  type: 'OperationFailed',
  data: { ...operation(node), error: 'no', ...(retryAt === undefined ? {} : { retryAt }) },
});
const state = (to_: 'Paused' | 'Production'): RegionDataEvent => ({
  type: 'RegionStateChanged',
  data: { region, from: 'Production', to: to_, cause: { by: 'user' } },
});

function after(...events: (ReleaseEvent | RegionDataEvent)[]) {
  let instance = regionalSaga.initial(release);
  events.forEach((event, n) => {
    instance = regionalSaga.evolve(instance, recorded(event, n) as never, new Map());
  });
  return [...regionalSaga.due(instance)];
}
const keys = (...events: (ReleaseEvent | RegionDataEvent)[]) => after(...events).map(({ key }) => key);

describe('CIOS Regional', () => {
  it('plans what was sent, and carries out what was dispatched and approved (EX-04)', () => {
    expect(keys(sent)).toEqual([`plan:${release}`]);
    expect(keys(sent, planned, dispatched('a'))).toEqual([]);
    expect(keys(sent, planned, approved, dispatched('a'))).toEqual([`carry-out:${release}:a:d:1`]);
  });

  it('takes an intent without a result up again, as lost, under the same key (EX-09)', () => {
    const [due] = after(sent, planned, approved, dispatched('a'), started('a'));
    expect(due).toMatchObject({
      key: `carry-out:${release}:a:d:1`,
      command: { type: 'CarryOutNode', attempt: 1, lost: true },
    });
  });

  it('tries a failed attempt again at its stored time, as the next one', () => {
    const retryAt = '2026-01-01T00:00:10.000Z';
    const [due] = after(sent, planned, approved, dispatched('a'), started('a'), failed('a', retryAt));
    expect(due).toMatchObject({
      key: `carry-out:${release}:a:d:2`,
      notBefore: retryAt,
      command: { attempt: 2, lost: false },
    });
    expect(keys(sent, planned, approved, dispatched('a'), started('a'), failed('a'))).toEqual([]);
  });

  it('does what a person has tried again under a key of its own', () => {
    expect(
      keys(sent, planned, approved, dispatched('a'), started('a'), failed('a'), dispatched('a')),
    ).toEqual([`carry-out:${release}:a:d:2`]);
  });

  it('begins nothing while the region is Paused, and finishes what has begun', () => {
    const ready = [sent, planned, approved, dispatched('a'), started('a'), dispatched('b')];
    expect(keys(...ready, state('Paused'))).toEqual([`carry-out:${release}:a:d:1`]);
    expect(keys(sent, state('Paused'))).toEqual([]);
    expect(keys(...ready, state('Paused'), state('Production'))).toHaveLength(2);
  });

  it('obeys the law of sagas', () => {
    const events = [sent, planned, approved, dispatched('a'), started('a'), dispatched('b')];
    const stream = events.map((event, n) => recorded(event, n));
    expect(checkSagaLaw(regionalSaga, [stream.slice(0, 0), stream]).due.get(release)).toHaveLength(2);
  });
});
