import { type Projection } from '#libs/kernel';
import { type ReleaseEvent } from '#libs/releases/contract';

/** How far one flock has come in one environment of one region, over all its releases there. */
export interface FlockReadinessRow {
  readonly region: string;
  readonly environment: 'vibe' | 'target';
  readonly flock: string;
  readonly version: string;
  /** `ready`: every release that was sent is complete. */
  readonly status: 'building' | 'ready' | 'failed';
  readonly open: readonly string[];
  readonly completed: number;
  readonly failed: readonly string[];
  readonly since: string;
}

/** Flock readiness; key: `region/environment/flock`. */
export const flockReadinessProjection: Projection<FlockReadinessRow, ReleaseEvent> = {
  name: 'flock-readiness',
  version: 1,
  types: ['ReleaseSent', 'ReleaseCompleted', 'ReleaseRejected', 'OperationFailed', 'NodeDispatched'],
  indexes: { region: ['region', 'environment', 'flock'], status: ['region', 'status'] },
  keys(event) {
    const [, environment, flock] = event.data.release.split('.').map(decodeURIComponent);
    return [`${event.data.region}/${environment}/${flock}`];
  },
  apply(row, event) {
    const { type, data } = event as unknown as ReleaseEvent;
    if (type === 'ReleaseSent') {
      const { region, environment, flock, version, release } = data;
      return {
        region,
        environment,
        flock,
        version,
        status: row?.failed.length ? 'failed' : 'building',
        open: [...(row?.open ?? []), release],
        completed: row?.completed ?? 0,
        failed: row?.failed ?? [],
        since: event.recordedAt,
      };
    }
    if (!row) return row;
    const withStatus = (next: Omit<FlockReadinessRow, 'status'>): FlockReadinessRow => ({
      ...next,
      status: next.failed.length > 0 ? 'failed' : next.open.length > 0 ? 'building' : 'ready',
    });
    switch (type) {
      case 'ReleaseCompleted':
      case 'ReleaseRejected':
        return withStatus({
          ...row,
          open: row.open.filter((r) => r !== data.release),
          completed: row.completed + (type === 'ReleaseCompleted' ? 1 : 0),
          since: event.recordedAt,
        });
      case 'OperationFailed':
        return data.retryAt === undefined ? withStatus({ ...row, failed: [...row.failed, data.node] }) : row;
      case 'NodeDispatched':
        return row.failed.includes(data.node)
          ? withStatus({ ...row, failed: row.failed.filter((n) => n !== data.node) })
          : row;
      default:
        return row;
    }
  },
};
