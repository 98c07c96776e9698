import { type Projection } from '#libs/kernel';
import { type NodeRow, type ReleaseEvent } from '../contract/index.js';

/** Current state of every resource (EX-13: Central holds it); key: node id. */
export const nodesProjection: Projection<NodeRow, ReleaseEvent> = {
  name: 'nodes',
  version: 2,
  types: [
    'NodeDispatched',
    'NodeRecalled',
    'OperationStarted',
    'OperationSucceeded',
    'OperationFailed',
    'OperationUncertain',
  ],
  indexes: { region: ['region'], status: ['region', 'status'] },
  keys: (event) => ('node' in event.data ? [event.data.node] : []),
  apply(row, event) {
    const { type, data } = event as unknown as ReleaseEvent;
    if (!('node' in data)) return row;
    const { region, node, release } = data;
    const now: NodeRow = row ?? {
      region,
      node,
      status: 'dispatched',
      release,
      action: null,
      attempt: 0,
      error: null,
      startedAt: null,
      finishedAt: null,
      digest: null,
      outputs: {},
      firstOutputs: {},
      desired: null,
      current: null,
    };
    switch (type) {
      case 'NodeDispatched':
        return { ...now, status: 'dispatched', release, desired: data.desired, attempt: 0, error: null };
      case 'NodeRecalled':
        return { ...now, status: now.digest === null ? 'recalled' : 'done' };
      case 'OperationStarted':
        return {
          ...now,
          status: 'started',
          action: data.action,
          attempt: data.attempt,
          startedAt: event.recordedAt,
        };
      case 'OperationSucceeded':
        return {
          ...now,
          status: 'done',
          action: data.action,
          attempt: data.attempt,
          error: null,
          finishedAt: event.recordedAt,
          digest: data.digest,
          outputs: data.outputs,
          firstOutputs: now.digest === null ? data.outputs : now.firstOutputs,
          current: now.desired,
        };
      case 'OperationFailed':
        return {
          ...now,
          status: data.retryAt === undefined ? 'failed' : 'retrying',
          error: data.error,
          finishedAt: event.recordedAt,
        };
      case 'OperationUncertain':
        return { ...now, status: 'uncertain', finishedAt: event.recordedAt };
      default:
        return now;
    }
  },
};
