import { type Decider, type Refusal, refuse } from '#libs/kernel';
import {
  type OperationAction,
  operationKey,
  type RegionalId,
  type ReleaseCommand,
  type ReleaseEvent,
} from '../contract/index.js';

export interface ReleaseNodeState {
  /**
   * `waiting`: not dispatched; `dispatched`: may be started; `started`: its intent is recorded; `failed` and `uncertain`: wait for a
   * person; `done` and `recalled` are final here.
   */
  readonly status: 'waiting' | 'dispatched' | 'started' | 'failed' | 'uncertain' | 'done' | 'recalled';
  readonly digest: string;
  /** Blob: `DesiredNode`. */
  readonly desired: string;
  /** Null before it was dispatched. */
  readonly to: RegionalId | null;
  /** Of this digest, from 1, goes on when a person has it tried again; 0 before the first. */
  readonly attempt: number;
  readonly action: OperationAction | null;
  /** ISO 8601: the next attempt waits until then. */
  readonly retryAt: string | null;
}

export interface ReleaseState {
  readonly status: 'absent' | 'sent' | 'rejected' | 'completed';
  readonly release: string;
  readonly region: string;
  readonly approval: 'auto' | 'person';
  readonly content: string;
  readonly nodes: ReadonlyMap<string, ReleaseNodeState>;
  /** Blob of the plan that stands. */
  readonly plan: string | null;
  readonly approved: boolean;
  readonly lease: { readonly regional: string; readonly epoch: number } | null;
}

const waiting: ReleaseNodeState = {
  status: 'waiting',
  digest: '',
  desired: '',
  to: null,
  attempt: 0,
  action: null,
  retryAt: null,
};

/** One release: planned, approved, and carried out node by node, each attempt's intent recorded before and its result after. */
export const releaseDecider: Decider<ReleaseCommand, ReleaseState, ReleaseEvent> = {
  initial: {
    status: 'absent',
    release: '',
    region: '',
    approval: 'auto',
    content: '',
    nodes: new Map(),
    plan: null,
    approved: false,
    lease: null,
  },

  decide(command, state) {
    if (command.type === 'SendRelease') {
      const { type: _, ...sent } = command;
      return state.status === 'absent' ? [{ type: 'ReleaseSent', data: sent }] : [];
    }
    if (state.status === 'absent')
      return refuse('release/unknown', `there is no release ${command.release}`, {
        fix: 'list them with: cios plan list',
      });
    const { release, region } = state;
    switch (command.type) {
      case 'PlanRelease': {
        if (state.plan === command.plan || state.status !== 'sent') return [];
        const { type: _, epoch, ...planned } = command;
        const stale = epoch === undefined ? null : staleEpoch(state, epoch);
        if (stale) return stale;
        const events: ReleaseEvent[] = [{ type: 'ReleasePlanned', data: { ...planned, region } }];
        if (state.approval === 'auto')
          events.push({
            type: 'ReleaseApproved',
            data: { release, region, plan: command.plan, by: 'policy' },
          });
        return events;
      }
      case 'ApproveRelease':
        if (state.approved && state.plan === command.plan) return [];
        return (
          planRefusal(state, command.plan) ?? [
            {
              type: 'ReleaseApproved',
              data: {
                release,
                region,
                plan: command.plan,
                by: 'person',
                ...(command.reason === undefined ? {} : { reason: command.reason }),
              },
            },
          ]
        );
      case 'RejectRelease':
        if (state.status === 'rejected') return [];
        return (
          planRefusal(state, command.plan) ?? [
            {
              type: 'ReleaseRejected',
              data: { release, region, plan: command.plan, reason: command.reason },
            },
          ]
        );
      case 'GrantLease':
        if (state.lease?.regional === command.regional) return [];
        if (command.after !== undefined && command.after !== (state.lease?.epoch ?? 0))
          return staleEpoch(state, command.after) ?? [];
        return [
          {
            type: 'LeaseGranted',
            data: { release, region, regional: command.regional, epoch: (state.lease?.epoch ?? 0) + 1 },
          },
        ];
      default:
        return decideOnNode(command, state);
    }
  },

  evolve(state, { type, data }) {
    switch (type) {
      case 'ReleaseSent':
        return {
          ...state,
          status: 'sent',
          release: data.release,
          region: data.region,
          approval: data.approval,
          content: data.content,
          nodes: new Map(data.nodes.map((node) => [node, waiting])),
        };
      case 'ReleasePlanned':
        return { ...state, plan: data.plan, approved: false };
      case 'ReleaseApproved':
        return { ...state, approved: true };
      case 'ReleaseRejected':
        return { ...state, status: 'rejected' };
      case 'ReleaseCompleted':
        return { ...state, status: 'completed' };
      case 'LeaseGranted':
        return { ...state, lease: { regional: data.regional, epoch: data.epoch } };
      case 'NodeDispatched':
        return withNode(state, data.node, {
          ...waiting,
          status: 'dispatched',
          digest: data.digest,
          desired: data.desired,
          to: data.to,
          attempt: nodeOf(state, data.node).digest === data.digest ? nodeOf(state, data.node).attempt : 0,
        });
      case 'NodeRecalled':
        return withNode(state, data.node, { ...nodeOf(state, data.node), status: 'recalled' });
      case 'OperationStarted':
        return withNode(state, data.node, {
          ...nodeOf(state, data.node),
          status: 'started',
          attempt: data.attempt,
          action: data.action,
          retryAt: null,
        });
      case 'OperationSucceeded':
        return withNode(state, data.node, { ...nodeOf(state, data.node), status: 'done' });
      case 'OperationFailed':
        return withNode(state, data.node, {
          ...nodeOf(state, data.node),
          status: data.retryAt === undefined ? 'failed' : 'dispatched',
          retryAt: data.retryAt ?? null,
        });
      case 'OperationUncertain':
        return withNode(state, data.node, { ...nodeOf(state, data.node), status: 'uncertain' });
    }
  },
};

type NodeCommand = Exclude<
  ReleaseCommand,
  {
    readonly type: 'SendRelease' | 'PlanRelease' | 'ApproveRelease' | 'RejectRelease' | 'GrantLease';
  }
>;

function decideOnNode(command: NodeCommand, state: ReleaseState): readonly ReleaseEvent[] | Refusal {
  const { release, region } = state;
  const node = state.nodes.get(command.node);
  if (!node)
    return refuse('release/unknown-node', `release ${release} has no node ${command.node}`, {
      fix: `see its nodes with: cios plan show ${release}`,
    });
  switch (command.type) {
    case 'DispatchNode': {
      if (state.status === 'rejected') return releaseOver(state);
      const { type: _, ...dispatched } = command;
      if (node.status === 'waiting' || (node.status === 'dispatched' && node.digest !== command.digest))
        return [{ type: 'NodeDispatched', data: { ...dispatched, region } }];
      if (node.status === 'started' && node.digest !== command.digest) return started(release, command.node);
      return [];
    }
    case 'RecallNode':
      if (node.status === 'started') return started(release, command.node);
      if (node.status === 'done' || node.status === 'recalled') return [];
      return [
        { type: 'NodeRecalled', data: { release, region, node: command.node, reason: command.reason } },
        ...completion(state, command.node),
      ];
    case 'RetryNode':
      if (state.status !== 'sent') return releaseOver(state);
      if (node.status !== 'failed' && node.status !== 'uncertain')
        return refuse('release/nothing-to-retry', `node ${command.node} is ${node.status}`, {
          fix: 'only a failed or uncertain node can be tried again',
        });
      return [
        {
          type: 'NodeDispatched',
          data: {
            release,
            region,
            node: command.node,
            digest: node.digest,
            desired: node.desired,
            to: node.to!,
          },
        },
      ];
    case 'StartOperation': {
      const stale = staleEpoch(state, command.epoch);
      if (stale) return stale;
      if (!state.approved || state.status !== 'sent')
        return refuse('release/not-approved', `release ${release} is not approved`, {
          fix: `look at its plan and approve it: cios plan approve ${release}`,
        });
      if (node.status === 'started' && command.attempt <= node.attempt) return [];
      if (node.status !== 'dispatched' && node.status !== 'started')
        return refuse('release/not-dispatched', `node ${command.node} is ${node.status}`, {
          fix: 'nothing to do: only a dispatched node is carried out',
        });
      if (command.key !== operationKey(release, command.node, node.digest))
        return refuse('release/redispatched', `node ${command.node} has another digest now`, {
          fix: 'nothing to do: what it is to be now is leased anew',
        });
      if (command.attempt <= node.attempt)
        return refuse(
          'release/attempt-over',
          `attempt ${command.attempt} of node ${command.node} is over; the next one is ${node.attempt + 1}`,
          { fix: 'nothing to do: the next attempt comes at its time' },
        );
      const { type: _, ...intent } = command;
      return [{ type: 'OperationStarted', data: { ...intent, region, digest: node.digest } }];
    }
    case 'SucceedOperation': {
      if (node.status === 'done') return [];
      const stale = staleEpoch(state, command.epoch) ?? notStarted(state, command, node);
      if (stale) return stale;
      const { type: _, ...result } = command;
      return [
        { type: 'OperationSucceeded', data: { ...result, region, digest: node.digest } },
        ...completion(state, command.node),
      ];
    }
    case 'FailOperation': {
      const stale = staleEpoch(state, command.epoch) ?? notStarted(state, command, node);
      if (stale) return stale;
      const { type: _, ...result } = command;
      return [{ type: 'OperationFailed', data: { ...result, region, digest: node.digest } }];
    }
    case 'ReportUncertain': {
      if (node.status === 'uncertain') return [];
      const stale = staleEpoch(state, command.epoch) ?? notStarted(state, command, node);
      if (stale) return stale;
      return [
        { type: 'OperationUncertain', data: { release, region, node: command.node, key: command.key } },
      ];
    }
  }
}

/** The release is complete when every node is done or recalled; `settling` becomes so by the event before. */
function completion(state: ReleaseState, settling: string): readonly ReleaseEvent[] {
  if (state.status !== 'sent') return [];
  for (const [id, { status }] of state.nodes)
    if (id !== settling && status !== 'done' && status !== 'recalled') return [];
  return [{ type: 'ReleaseCompleted', data: { release: state.release, region: state.region } }];
}

function planRefusal(state: ReleaseState, plan: string): Refusal | null {
  if (state.status === 'sent' && state.plan === plan) return null;
  if (state.status !== 'sent') return releaseOver(state);
  return refuse('release/plan-changed', `release ${state.release} has another plan now`, {
    fix: `look at it again: cios plan show ${state.release}`,
    details: { plan: state.plan },
  });
}

function staleEpoch(state: ReleaseState, epoch: number): Refusal | null {
  if (state.lease?.epoch === epoch) return null;
  return refuse(
    'release/stale-epoch',
    `epoch ${epoch} of release ${state.release} is over; ${state.lease ? `${state.lease.regional} holds epoch ${state.lease.epoch}` : 'nobody holds it'}`,
    { fix: 'take the release over with a lease of your own' },
  );
}

function notStarted(
  state: ReleaseState,
  command: { readonly node: string; readonly key: string; readonly attempt?: number },
  node: ReleaseNodeState,
): Refusal | null {
  if (
    node.status === 'started' &&
    command.key === operationKey(state.release, command.node, node.digest) &&
    (command.attempt === undefined || command.attempt === node.attempt)
  )
    return null;
  return refuse(
    'release/no-intent',
    `node ${command.node} of ${state.release} has no intent ${command.key}${command.attempt === undefined ? '' : `, attempt ${command.attempt}`}`,
    { fix: 'record the intent first: a result without one is not taken' },
  );
}

const releaseOver = (state: ReleaseState): Refusal =>
  refuse('release/over', `release ${state.release} is ${state.status}`, {
    fix: 'what it was to do is sent again where it is still wanted',
  });

const started = (release: string, node: string): Refusal =>
  refuse('release/operation-started', `node ${node} of ${release} has begun; it is let finish`, {
    fix: 'nothing to do: its result is compared when it comes',
  });

const nodeOf = (state: ReleaseState, node: string): ReleaseNodeState => state.nodes.get(node) ?? waiting;

function withNode(state: ReleaseState, node: string, now: ReleaseNodeState): ReleaseState {
  return { ...state, nodes: new Map(state.nodes).set(node, now) };
}
