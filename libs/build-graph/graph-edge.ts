import { type SourceRange } from '#libs/kernel';

/** In this order edges between the same two nodes are sorted. */
export const edgeKinds = [
  'reference',
  'depends_on',
  'artifact',
  'capability',
  'target',
  'phase',
  'gate',
  'state',
] as const;

/**
 * - `reference`: `to` reads an attribute or output of `from`; `depends_on`: said so; `artifact`: deployed onto the component `from`.
 * - `capability`: publication → capability, and capability → whoever needs it.
 * - `target`: resource → its target; `phase`: target → its phase, phase → what comes after it.
 * - `gate`: waits for a gate that other nodes open; `state`: waits for the region's state (only in actual ∪ forecast).
 */
export type EdgeKind = (typeof edgeKinds)[number];

/** `from` must be done before `to`. Identity is (from, to, kind). */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** The reference that makes the edge. */
  readonly range?: SourceRange;
}

/** Edges that say nothing about what a node needs or gives: membership, state and gates. */
export function isStructural(kind: EdgeKind): boolean {
  return kind === 'target' || kind === 'phase' || kind === 'gate' || kind === 'state';
}
