import { type Projection } from '#libs/kernel';
import { type ReleaseEvent } from '#libs/releases/contract';
import { type BuildEvent, type BuildVersions } from '../contract/index.js';

export interface BuildMerge {
  readonly regionData: string;
  readonly at: string;
  readonly position: string;
  readonly nodes: number;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

export interface BuildRow {
  readonly build: string;
  readonly region: string;
  readonly number: number;
  readonly kind: 'first' | 'update';
  readonly status: 'open' | 'concluding' | 'completed' | 'cancelled';
  readonly reason: string;
  readonly hostRegion: string | null;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly versions: BuildVersions;
  readonly regionData: string;
  /** Blob: `PlannedGraph`. */
  readonly graph: string;
  readonly blockedFlocks: readonly string[];
  /** The latest 100. */
  readonly merges: readonly BuildMerge[];
  readonly releases: number;
  /** Operations that took effect; publications are not counted. */
  readonly operations: number;
}

/** Builds with their merges and totals; key: build. */
export const buildsProjection: Projection<BuildRow, BuildEvent | ReleaseEvent> = {
  name: 'builds',
  version: 1,
  types: [
    'BuildOpened',
    'BuildGraphMerged',
    'BuildConcluding',
    'BuildConclusionDeferred',
    'BuildCompleted',
    'BuildCancelled',
    'ReleaseSent',
    'OperationSucceeded',
  ],
  indexes: { region: ['region', 'number'], status: ['status', 'startedAt'], started: ['startedAt'] },
  keys: ({ data }) =>
    'build' in data ? [data.build] : 'release' in data ? [buildOfRelease(data.release)] : [],
  apply(row, event) {
    const { type, data } = event as unknown as BuildEvent | ReleaseEvent;
    if (type === 'BuildOpened')
      return {
        ...data,
        status: 'open',
        startedBy: event.metadata.actor,
        startedAt: event.recordedAt,
        completedAt: null,
        versions: { target: null, vibe: null },
        regionData: '-1',
        graph: '',
        blockedFlocks: [],
        merges: [],
        releases: 0,
        operations: 0,
      };
    if (!row) return row;
    switch (type) {
      case 'BuildGraphMerged': {
        const { regionData, nodes, added, removed, changed, graph, versions, blockedFlocks } = data;
        const merge: BuildMerge = {
          regionData,
          at: event.recordedAt,
          position: String(event.position),
          nodes,
          added,
          removed,
          changed,
        };
        return {
          ...row,
          regionData,
          graph,
          versions,
          blockedFlocks,
          merges: [...row.merges, merge].slice(-100),
        };
      }
      case 'BuildConcluding':
        return { ...row, status: 'concluding' };
      case 'BuildConclusionDeferred':
        return { ...row, status: 'open' };
      case 'BuildCompleted':
        return { ...row, status: 'completed', completedAt: event.recordedAt };
      case 'BuildCancelled':
        return { ...row, status: 'cancelled', completedAt: event.recordedAt };
      case 'ReleaseSent':
        return { ...row, releases: row.releases + 1 };
      case 'OperationSucceeded':
        return data.action === 'publish' || data.action === 'none'
          ? row
          : { ...row, operations: row.operations + 1 };
      default:
        return row;
    }
  },
};

/** A release's id begins with its build's, which has no dot in it. */
export const buildOfRelease = (release: string): string => release.slice(0, release.indexOf('.'));
