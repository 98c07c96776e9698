import { type SourceRange } from '#libs/kernel';

/**
 * - `resource`: a resource instance; carried out as an operation.
 * - `publication`: a `resource "capability"` block in one execution target; carried out by probing and publishing.
 * - `provisional`: the early form of a resource that a `break_cycle` splits; carried out as an operation.
 * - `capability`: one per (region, environment, name); done when it is available, which an event tells.
 * - `phase`, `target`: done as soon as all their predecessors are.
 * - `flock`: stands for many nodes in a condensation.
 */
export type NodeKind =
  'resource' | 'publication' | 'provisional' | 'capability' | 'phase' | 'target' | 'flock';

/** A vertex of the build dependency graph. What is absent is unknown or does not apply; plain JSON. */
export interface GraphNode {
  /** Identity, unique in the graph and stable between compilations: see `resourceId`, `capabilityId`, `phaseId`, `targetId`. */
  readonly id: string;
  readonly kind: NodeKind;
  /** `internal_name` of the region. */
  readonly region: string;
  readonly environment: string;
  /** Empty for capabilities and for phases that several flocks share. */
  readonly flock: string;
  /** Name of the flock's execution target; empty for capabilities, phases and flocks. */
  readonly target: string;
  /** Address in the flock config: `infrastructure_component.vm["a"]`. */
  readonly address?: string;
  /** Name of the capability (kinds `capability` and `publication`), as written. */
  readonly name?: string;
  /** Content that decides whether the node has to be carried out again. Nodes without one never count as changed. */
  readonly digest?: string;
  readonly owners?: readonly string[];
  /** Where it is declared. */
  readonly range?: SourceRange;
  /** Expected duration in milliseconds. */
  readonly durationMs?: number;
  /** Named gates that must be open before it may start: `target_available`, `connections`, `hardware`. */
  readonly waitsForGate?: readonly string[];
  /** Of a publication: it has a probe. */
  readonly probe?: boolean;
  /** Of a capability: available without a publisher in this graph (adopted, or published in another region). */
  readonly available?: boolean;
  /** Of a provisional node: id of its final form. */
  readonly final?: string;
  /** Of the final form of a split node: how it follows the provisional one. */
  readonly then?: 'update' | 'recreate';
}

/** Whether somebody has to do something for the node; all others follow from their predecessors or from events. */
export function isOperation(node: GraphNode): boolean {
  return (
    node.kind === 'resource' ||
    node.kind === 'publication' ||
    node.kind === 'provisional' ||
    node.kind === 'flock'
  );
}
