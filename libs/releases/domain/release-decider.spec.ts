import { describe, expect, it } from '@jest/globals';
import { specification } from '#libs/kernel/testing';
import { operationKey, type ReleaseCommand, type ReleaseEvent } from '../contract/index.js';
import { releaseDecider } from './release-decider.js';

const releases = specification(releaseDecider);
const release = 'sea-1.target.dns.ad1.r1';
const region = 'sea';
const to = { region, environment: 'vibe' } as const;
const sending = (approval: 'auto' | 'person' = 'auto') =>
  ({
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
    approval,
  }) as const;
const sent: ReleaseEvent = { type: 'ReleaseSent', data: sending() };
const planned: ReleaseEvent = {
  type: 'ReleasePlanned',
  data: { release, region, plan: 'p', add: 2, change: 0, destroy: 0, none: 0 },
};
const approved: ReleaseEvent = {
  type: 'ReleaseApproved',
  data: { release, region, plan: 'p', by: 'policy' },
};
const dispatched = (node = 'a', digest = 'd1'): ReleaseEvent => ({
  type: 'NodeDispatched',
  data: { release, region, node, digest, desired: 'x', to },
});
const leased = (epoch = 1): ReleaseEvent => ({
  type: 'LeaseGranted',
  data: { release, region, regional: `regional-${epoch}`, epoch },
});
const operation = (node = 'a', attempt = 1, epoch = 1) => ({
  release,
  node,
  key: operationKey(release, node, 'd1'),
  attempt,
  epoch,
});
const started = (node = 'a', attempt = 1): ReleaseEvent => ({
  type: 'OperationStarted',
  data: { ...operation(node, attempt), region, action: 'create', digest: 'd1' },
});
const succeeded = (node = 'a', attempt = 1): ReleaseEvent => ({
  type: 'OperationSucceeded',
  data: { ...operation(node, attempt), region, action: 'create', digest: 'd1', outputs: {} },
});
const failed = (attempt: number, retryAt?: string): ReleaseEvent => ({
  type: 'OperationFailed',
  data: {
    ...operation('a', attempt),
    region,
    digest: 'd1',
    error: 'no',
    ...(retryAt === undefined ? {} : { retryAt }),
  },
});
const recalled = (node: string): ReleaseEvent => ({
  type: 'NodeRecalled',
  data: { release, region, node, reason: 'changed' },
});
const completed: ReleaseEvent = { type: 'ReleaseCompleted', data: { release, region } };
const rejected: ReleaseEvent = {
  type: 'ReleaseRejected',
  data: { release, region, plan: 'p', reason: 'no' },
};
const ready = [sent, planned, approved, leased(), dispatched()];
const start = (attempt = 1, epoch = 1): ReleaseCommand => ({
  type: 'StartOperation',
  ...operation('a', attempt, epoch),
  action: 'create',
});
const succeed = (node = 'a', attempt = 1, epoch = 1): ReleaseCommand => ({
  type: 'SucceedOperation',
  ...operation(node, attempt, epoch),
  action: 'create',
  outputs: {},
});
const fail = (attempt = 1, epoch = 1): ReleaseCommand => ({
  type: 'FailOperation',
  ...operation('a', attempt, epoch),
  error: 'no',
});
const dispatch = (digest = 'd1', node = 'a'): ReleaseCommand => ({
  type: 'DispatchNode',
  release,
  node,
  digest,
  desired: 'x',
  to,
});
const recall = (node = 'a'): ReleaseCommand => ({ type: 'RecallNode', release, node, reason: 'changed' });
const retry: ReleaseCommand = { type: 'RetryNode', release, node: 'a' };
const plan = (digest = 'p'): ReleaseCommand => ({
  type: 'PlanRelease',
  release,
  plan: digest,
  add: 2,
  change: 0,
  destroy: 0,
  none: 0,
});

describe('a release', () => {
  it('is sent once, and unknown before', () => {
    releases
      .given()
      .when({ type: 'SendRelease', ...sending() })
      .then(sent);
    releases
      .given(sent)
      .when({ type: 'SendRelease', ...sending() })
      .thenNothing();
    releases.given().when(plan()).refused('release/unknown');
    releases.given().when(dispatch()).refused('release/unknown');
    releases.given(sent).when(dispatch('d1', 'z')).refused('release/unknown-node');
  });

  it('is planned, and approved by policy at once (EX-03)', () => {
    releases.given(sent).when(plan()).then(planned, approved);
    releases.given(sent, planned, approved).when(plan()).thenNothing();
  });

  it('waits for a person where the policy wants one; another plan voids the approval (EX-03)', () => {
    const toApprove: ReleaseEvent = { type: 'ReleaseSent', data: sending('person') };
    const approve = (p: string): ReleaseCommand => ({
      type: 'ApproveRelease',
      release,
      plan: p,
      reason: 'ok',
    });
    const byPerson: ReleaseEvent = {
      type: 'ReleaseApproved',
      data: { release, region, plan: 'p', by: 'person', reason: 'ok' },
    };
    releases.given(toApprove).when(plan()).then(planned);
    releases.given(toApprove, planned).when(approve('p')).then(byPerson);
    releases.given(toApprove, planned, byPerson).when(approve('p')).thenNothing();
    releases.given(toApprove, planned).when(approve('q')).refused('release/plan-changed');
    const voided = releases.given(toApprove, planned, byPerson, leased(), dispatched(), {
      ...planned,
      data: { ...planned.data, plan: 'q' },
    });
    voided.when(start()).refused('release/not-approved');
  });

  it('is rejected: nothing of it is carried out (EX-03)', () => {
    const reject: ReleaseCommand = { type: 'RejectRelease', release, plan: 'p', reason: 'no' };
    releases.given(sent, planned).when(reject).then(rejected);
    const over = releases.given(sent, planned, rejected);
    over.when(reject).thenNothing();
    over.when({ type: 'ApproveRelease', release, plan: 'p' }).refused('release/over');
    over.when(dispatch()).refused('release/over');
    over.when(plan('q')).thenNothing();
    releases
      .given(sent, planned, leased(), dispatched(), rejected)
      .when(start())
      .refused('release/not-approved');
  });

  it('records the intent before, and the result after, of an approved plan (EX-04)', () => {
    releases.given(sent, leased(), dispatched()).when(start()).refused('release/not-approved');
    releases.given(sent, planned, approved, leased()).when(start()).refused('release/not-dispatched');
    releases
      .given(...ready)
      .when(start())
      .then(started());
    releases
      .given(...ready, started())
      .when(start())
      .thenNothing();
    releases
      .given(...ready)
      .when(succeed())
      .refused('release/no-intent');
    releases
      .given(...ready, started())
      .when(succeed())
      .then(succeeded());
    releases
      .given(...ready, started(), succeeded())
      .when(succeed())
      .thenNothing();
  });

  it('is complete when every node is done or recalled', () => {
    const one = [...ready, started(), succeeded(), dispatched('b'), started('b')];
    releases
      .given(...one)
      .when(succeed('b'))
      .then(succeeded('b'), completed);
    releases
      .given(...ready, started(), succeeded())
      .when(recall('b'))
      .then(recalled('b'), completed);
    releases.given(sent, planned, approved, rejected).when(recall('a')).then(recalled('a'));
  });

  it('grants a lease once where several find it over at the same time', () => {
    const grant = (regional: string, after: number): ReleaseCommand => ({
      type: 'GrantLease',
      release,
      regional,
      after,
    });
    releases.given(sent).when(grant('regional-1', 0)).then(leased(1));
    releases.given(sent, leased(1)).when(grant('regional-2', 1)).then(leased(2));
    const taken = releases.given(sent, leased(1), leased(2));
    taken.when(grant('regional-3', 1)).refused('release/stale-epoch');
    taken.when(grant('regional-3', 0)).refused('release/stale-epoch');
    taken.when(grant('regional-2', 1)).thenNothing();
  });

  it('takes a plan only in the epoch of who made it, and no intent for another digest', () => {
    const plan = (epoch: number): ReleaseCommand => ({
      type: 'PlanRelease',
      release,
      plan: 'p',
      add: 2,
      change: 0,
      destroy: 0,
      none: 0,
      epoch,
    });
    releases.given(sent, leased(1)).when(plan(1)).then(planned, approved);
    releases.given(sent, leased(1), leased(2)).when(plan(1)).refused('release/stale-epoch');
    releases
      .given(sent, planned, approved, dispatched('a', 'd2'), leased(1))
      .when(start())
      .refused('release/redispatched');
  });

  it('refuses results of an older epoch (EX-09)', () => {
    releases
      .given(...ready)
      .when({ type: 'GrantLease', release, regional: 'regional-1' })
      .thenNothing();
    releases
      .given(...ready)
      .when({ type: 'GrantLease', release, regional: 'regional-2' })
      .then(leased(2));
    const taken = releases.given(...ready, started(), leased(2));
    taken.when(succeed()).refused('release/stale-epoch');
    taken.when(fail()).refused('release/stale-epoch');
    taken.when(start(2)).refused('release/stale-epoch');
    taken
      .when({ type: 'ReportUncertain', release, node: 'a', key: operation().key, epoch: 1 })
      .refused('release/stale-epoch');
    expect(taken.when(succeed('a', 1, 2)).outcome).toHaveLength(1);
    releases.given(sent, planned, approved, dispatched()).when(start()).refused('release/stale-epoch');
  });

  it('tries again at the stored time, and refuses what an attempt says that is over', () => {
    const retryAt = '2026-01-01T00:00:10.000Z';
    const retrying = releases.given(...ready, started(), failed(1, retryAt));
    expect(retrying.state.nodes.get('a')).toMatchObject({ status: 'dispatched', attempt: 1, retryAt });
    retrying.when(start(1)).refused('release/attempt-over');
    retrying.when(start(2)).then(started('a', 2));
    const second = releases.given(...ready, started(), failed(1, retryAt), started('a', 2));
    second.when(fail(1)).refused('release/no-intent');
    second.when(fail(2)).then(failed(2));
  });

  it('has a failed node tried again where it was sent, as a further attempt', () => {
    releases
      .given(...ready)
      .when(retry)
      .refused('release/nothing-to-retry');
    const given = releases.given(...ready, started(), failed(1));
    given.when(start(2)).refused('release/not-dispatched');
    given.when(retry).then(dispatched());
    const again = releases.given(...ready, started(), failed(1), dispatched());
    expect(again.state.nodes.get('a')).toMatchObject({ status: 'dispatched', attempt: 1 });
    again.when(start(2)).then(started('a', 2));
  });

  it('asks a person where a result was lost, and repeats nothing blindly', () => {
    const report: ReleaseCommand = {
      type: 'ReportUncertain',
      release,
      node: 'a',
      key: operation().key,
      epoch: 1,
    };
    const uncertain: ReleaseEvent = {
      type: 'OperationUncertain',
      data: { release, region, node: 'a', key: operation().key },
    };
    releases
      .given(...ready)
      .when(report)
      .refused('release/no-intent');
    releases
      .given(...ready, started())
      .when(report)
      .then(uncertain);
    const given = releases.given(...ready, started(), uncertain);
    given.when(report).thenNothing();
    given.when(start(2)).refused('release/not-dispatched');
    given.when(succeed()).refused('release/no-intent');
    given.when(retry).then(dispatched());
  });

  it('recalls what has not begun, and lets the rest finish', () => {
    releases
      .given(...ready)
      .when(recall())
      .then(recalled('a'));
    releases
      .given(...ready, started())
      .when(recall())
      .refused('release/operation-started');
    releases
      .given(...ready, recalled('a'))
      .when(recall())
      .thenNothing();
    releases
      .given(...ready, recalled('a'))
      .when(dispatch())
      .thenNothing();
    releases
      .given(...ready, recalled('a'))
      .when(start())
      .refused('release/not-dispatched');
  });

  it('dispatches a node anew where what it reads has changed before it began', () => {
    releases.given(sent).when(dispatch()).then(dispatched());
    releases.given(sent, dispatched()).when(dispatch()).thenNothing();
    releases.given(sent, dispatched()).when(dispatch('d2')).then(dispatched('a', 'd2'));
    releases
      .given(...ready, started())
      .when(dispatch('d2'))
      .refused('release/operation-started');
    releases
      .given(...ready, started())
      .when(dispatch())
      .thenNothing();
  });
});
