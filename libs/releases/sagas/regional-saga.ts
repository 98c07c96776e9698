import { type Due, type RecordedEvent, type Saga } from '#libs/kernel';
import { type RegionDataEvent } from '#libs/region-data/contract';
import { type RegionalCommand, type ReleaseEvent } from '../contract/index.js';
import { releaseDecider, type ReleaseState } from '../domain/release-decider.js';

/** A release as a Regional sees it. */
export interface RegionalRelease {
  readonly release: string;
  state: ReleaseState;
  /** The region is Paused: nothing is begun; results of what has begun are accepted. */
  paused: boolean;
  cause: Due<RegionalCommand>['cause'];
}

/**
 * CIOS Regional's side of releases, one instance per release: plan what was sent, then carry out what was dispatched. The state is the
 * release's own; what is due follows from it, also after a crash: an intent without a result is due again, as lost.
 */
export const regionalSaga: Saga<RegionalRelease, ReleaseEvent | RegionDataEvent, RegionalCommand> = {
  name: 'regional',
  version: 1,
  types: [
    'ReleaseSent',
    'ReleasePlanned',
    'ReleaseApproved',
    'ReleaseRejected',
    'NodeDispatched',
    'NodeRecalled',
    'OperationStarted',
    'OperationSucceeded',
    'OperationFailed',
    'OperationUncertain',
    'ReleaseCompleted',
    'RegionStateChanged',
  ],
  partitions: (event) => ('release' in event.data ? [event.data.release] : ['*']),
  initial: (release) => ({ release, state: releaseDecider.initial, paused: false, cause: undefined }),
  evolve(instance, event) {
    if (event.type === 'RegionStateChanged') {
      const { region, to } = event.data as Extract<RegionDataEvent, { type: 'RegionStateChanged' }>['data'];
      if (region === instance.state.region) instance.paused = to === 'Paused';
      return instance;
    }
    instance.state = releaseDecider.evolve(instance.state, event as unknown as ReleaseEvent);
    instance.cause = causeOf(event);
    return instance;
  },
  *due({ release, state, paused, cause }) {
    if (state.status !== 'sent') return;
    const because = cause ? { cause } : {};
    if (state.plan === null && !paused)
      yield { key: `plan:${release}`, command: { type: 'PlanSentRelease', release }, ...because };
    if (!state.approved) return;
    for (const [node, { status, attempt, digest, retryAt }] of state.nodes) {
      if (status !== 'started' && (status !== 'dispatched' || paused)) continue;
      // One key from dispatch to result: an attempt that is under way in this process is not taken for a lost one.
      const number = status === 'started' ? attempt : attempt + 1;
      yield {
        key: `carry-out:${release}:${node}:${digest.slice(0, 16)}:${number}`,
        command: { type: 'CarryOutNode', release, node, attempt: number, lost: status === 'started' },
        ...(retryAt === null ? {} : { notBefore: retryAt }),
        ...because,
      };
    }
  },
  isOver: ({ state }) => state.status === 'completed' || state.status === 'rejected',
  snapshot: ({ release, state, paused, cause }) => ({
    release,
    paused,
    state: { ...state, nodes: [...state.nodes] },
    cause: cause ?? null,
  }),
  restore(snapshot) {
    const { release, state, paused, cause } = snapshot as {
      release: string;
      paused: boolean;
      state: Omit<ReleaseState, 'nodes'> & { nodes: [string, never][] };
      cause: RegionalRelease['cause'] | null;
    };
    return { release, state: { ...state, nodes: new Map(state.nodes) }, paused, cause: cause ?? undefined };
  },
};

const causeOf = (event: RecordedEvent): RegionalRelease['cause'] => ({
  eventId: event.id,
  correlationId: event.metadata.correlationId,
});
