import { type Json } from '#libs/kernel';
import { type OperationAction } from './events.js';

/** What became of one node of one region, in whatever release. */
export interface NodeRow {
  readonly region: string;
  readonly node: string;
  readonly status: 'dispatched' | 'started' | 'retrying' | 'failed' | 'uncertain' | 'done' | 'recalled';
  readonly release: string;
  readonly action: OperationAction | null;
  readonly attempt: number;
  readonly error: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** The last success: what the node is done at, and what it gave. */
  readonly digest: string | null;
  readonly outputs: Readonly<Record<string, Json>>;
  /** What its first success gave. */
  readonly firstOutputs: Readonly<Record<string, Json>>;
  /** Blob: `DesiredNode` of the last dispatch, and of the last success. */
  readonly desired: string | null;
  readonly current: string | null;
}

/** The current state of resources as Central has it. Port; implemented by releases on its read model. */
export abstract class NodeRecords {
  /** `after`: decimal position that the answer must reflect. */
  abstract ofRegion(region: string, after?: string): Promise<readonly NodeRow[]>;
}
