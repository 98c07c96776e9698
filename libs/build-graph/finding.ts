import { type SourceRange } from '#libs/kernel';
import { type GraphEdge } from './graph-edge.js';

export const findingKinds = [
  'cycle',
  'orphaned-capability',
  'deprecated-region',
  'duplicate-publication',
  'false-publication',
  'hard-coded-region',
  'orphan-node',
  'several-releases',
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** What analysis has to say about a graph: what, who, where, and how to mend it. Plain JSON. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: 'error' | 'warning' | 'information';
  /** Ids of all nodes concerned. Of a capability's findings the capability comes first, then its publishers or those who need it. */
  readonly nodes: readonly string[];
  readonly owners: readonly string[];
  readonly ranges: readonly SourceRange[];
  readonly message: string;
  readonly fix: string;
  /** `cycle`: node ids of the shortest cycle, from the smallest id on; its last leads to its first. `several-releases`: likewise, with flock × target ids. */
  readonly path?: readonly string[];
  /** `cycle`: without these edges the component has no cycle. */
  readonly breakSet?: readonly GraphEdge[];
  /** Names of the flocks concerned. */
  readonly flocks?: readonly string[];
}
