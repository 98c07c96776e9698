import { type Projection } from '#libs/kernel';
import { type RegionalId, type ReleaseEvent } from '../contract/index.js';

export interface ReleaseRow {
  readonly release: string;
  readonly build: string;
  readonly region: string;
  readonly environment: 'vibe' | 'target';
  readonly flock: string;
  readonly version: string;
  readonly target: string;
  readonly round: number;
  readonly to: RegionalId;
  readonly status: 'sent' | 'planned' | 'approved' | 'rejected' | 'completed';
  /** Blob: `ReleasePlan`. */
  readonly plan: string | null;
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  readonly none: number;
  readonly nodes: number;
  readonly done: number;
  readonly recalled: number;
  readonly failed: readonly string[];
  readonly approvedBy: string | null;
  readonly reason: string | null;
  readonly sentAt: string;
  readonly completedAt: string | null;
}

/** Releases with their plans and progress; key: release. */
export const releasesProjection: Projection<ReleaseRow, ReleaseEvent> = {
  name: 'releases',
  version: 2,
  types: [
    'ReleaseSent',
    'ReleasePlanned',
    'ReleaseApproved',
    'ReleaseRejected',
    'NodeDispatched',
    'NodeRecalled',
    'OperationSucceeded',
    'OperationFailed',
    'OperationUncertain',
    'ReleaseCompleted',
  ],
  indexes: {
    build: ['build', 'sentAt'],
    region: ['region', 'sentAt'],
    status: ['status', 'sentAt'],
    buildStatus: ['build', 'status', 'sentAt'],
    regionStatus: ['region', 'status', 'sentAt'],
  },
  keys: (event) => [event.data.release],
  apply(row, event) {
    const { type, data } = event as unknown as ReleaseEvent;
    if (type === 'ReleaseSent') {
      const { content: _, approval: _approval, nodes, ...sent } = data;
      return {
        ...sent,
        status: 'sent',
        plan: null,
        add: 0,
        change: 0,
        destroy: 0,
        none: 0,
        nodes: nodes.length,
        done: 0,
        recalled: 0,
        failed: [],
        approvedBy: null,
        reason: null,
        sentAt: event.recordedAt,
        completedAt: null,
      };
    }
    if (!row) return row;
    switch (type) {
      case 'ReleasePlanned': {
        const { plan, add, change, destroy, none } = data;
        return { ...row, status: 'planned', plan, add, change, destroy, none };
      }
      case 'ReleaseApproved':
        return {
          ...row,
          status: 'approved',
          approvedBy: data.by === 'policy' ? 'policy' : event.metadata.actor,
          reason: data.reason ?? null,
        };
      case 'ReleaseRejected':
        return { ...row, status: 'rejected', reason: data.reason };
      case 'NodeDispatched':
        return row.failed.includes(data.node)
          ? { ...row, failed: row.failed.filter((n) => n !== data.node) }
          : row;
      case 'NodeRecalled':
        return { ...row, recalled: row.recalled + 1, failed: row.failed.filter((n) => n !== data.node) };
      case 'OperationSucceeded':
        return { ...row, done: row.done + 1 };
      case 'OperationFailed':
        return data.retryAt === undefined ? { ...row, failed: [...row.failed, data.node] } : row;
      case 'OperationUncertain':
        return { ...row, failed: [...row.failed, data.node] };
      case 'ReleaseCompleted':
        return { ...row, status: 'completed', completedAt: event.recordedAt };
      default:
        return row;
    }
  },
};
