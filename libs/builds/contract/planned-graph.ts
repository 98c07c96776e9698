import { type SourceRange } from '#libs/kernel';

export type PlannedNodeKind = 'resource' | 'publication' | 'capability' | 'phase' | 'target' | 'gate';

/**
 * A node of a build's graph. Ids:
 * resource and publication `<environment>/<flock>/<target>/<address>`, capability `capability/<environment>/<name>` (of another
 * region `capability/<region>/<environment>/<name>`), phase `phase/<flock>/<name>`, target `target/<environment>/<flock>/<target>`,
 * gate `gate/<name>`.
 */
export interface PlannedNode {
  readonly id: string;
  readonly kind: PlannedNodeKind;
  /** Compiled now; false: only in the forecast. */
  readonly actual: boolean;
  /** Release round; 0 where the node is never released (capability, phase, target, gate). */
  readonly round: number;
  readonly environment: 'vibe' | 'target' | null;
  readonly flock: string | null;
  readonly target: string | null;
  readonly address: string | null;
  readonly type: string | null;
  readonly version: string | null;
  readonly executor: string | null;
  /** Compiled digest; empty for nodes that follow from their predecessors. */
  readonly digest: string;
  /** Nodes whose outputs the attributes read (resource, publication or capability nodes), with the paths. */
  readonly outputsRead: readonly { readonly node: string; readonly path: string }[];
  /** Only of a capability: all nodes that publish it here. Only of a publication: the capability's node. */
  readonly publishers: readonly string[];
  /** Capability of another region. */
  readonly external: {
    readonly region: string;
    readonly environment: 'vibe' | 'target';
    readonly name: string;
  } | null;
  readonly range: SourceRange | null;
}

export interface PlannedEdge {
  /** Must be done before `to`. */
  readonly from: string;
  readonly to: string;
  readonly kind:
    'reference' | 'depends_on' | 'phase' | 'target' | 'capability' | 'artifact' | 'state' | 'gate';
  readonly actual: boolean;
}

/** Blob: actual ∪ forecast of one region at one region-data revision, sorted by id. */
export interface PlannedGraph {
  readonly region: string;
  readonly regionData: string;
  readonly nodes: readonly PlannedNode[];
  readonly edges: readonly PlannedEdge[];
  /** Flock → blob of its `CompiledResources` (actual where it has one, else forecast). */
  readonly compiled: Readonly<Record<string, string>>;
  readonly blockedFlocks: readonly string[];
}
