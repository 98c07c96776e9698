import { type Diagnostic, type Json, type SourceRange } from '#libs/kernel';

export type Environment = 'vibe' | 'target';

/** The `flock "name" { … }` block. */
export interface FlockSettings {
  readonly name: string;
  readonly owners: readonly string[];
  readonly notify: readonly string[];
  readonly service: string;
  /** Default executor of its resources. */
  readonly executor: string;
  readonly rollback: 'auto' | 'manual' | 'none';
}

export interface CompiledPhase {
  /** Block label; `name` is its attribute. */
  readonly label: string;
  readonly name: string;
  readonly realm: string | null;
  readonly production: boolean;
  /** Names of phases that come before. */
  readonly after: readonly string[];
  readonly approval: boolean;
  readonly range: SourceRange;
}

export interface CompiledTarget {
  readonly name: string;
  /** Internal name. */
  readonly region: string;
  readonly environment: Environment;
  readonly phase: string | null;
  readonly place: string | null;
  readonly availabilityDomain: string | null;
  /** Everything else that the block says. */
  readonly attributes: Readonly<Record<string, Json>>;
  /** `execution_target.x[0]` */
  readonly address: string;
  readonly range: SourceRange;
}

/** Stage 1 of one flock version against all region data. */
export interface CompiledTargets {
  readonly flock: string;
  readonly version: string;
  readonly settings: FlockSettings;
  readonly phases: readonly CompiledPhase[];
  readonly targets: readonly CompiledTarget[];
  /** Paths of region data that decided this result, sorted. */
  readonly reads: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** Over everything above but `reads` and ranges; equal digests mean an equal result. */
  readonly digest: string;
}

export interface CapabilityNeed {
  readonly name: string;
  /** Internal name; null: this region. */
  readonly region: string | null;
  /** Null: the ViBE's if that declares it, else the target's. */
  readonly environment: 'vibe' | 'target' | 'host' | null;
  readonly range: SourceRange;
}

export interface ResourceDependency {
  /** Address within the same flock and target. */
  readonly address: string;
  readonly kind: 'reference' | 'depends_on' | 'artifact';
  readonly range: SourceRange;
}

export interface CompiledResource {
  /** `infrastructure_component.db["a"]` */
  readonly address: string;
  readonly type:
    | 'infrastructure_component'
    | 'artifact_deployment'
    | 'connection'
    | 'data_migration'
    | 'service_endpoint'
    | 'integration_test'
    | 'alarm'
    | 'capability';
  readonly executor: string;
  /** Canonical; what is not known before a run stands as `{ "$unknown": ["infrastructure_component.db.outputs.ip"] }`. */
  readonly attributes: Readonly<Record<string, Json>>;
  readonly dependsOn: readonly ResourceDependency[];
  /** Outputs of other resources (addresses of this flock and target, or capabilities by name) that the attributes read. */
  readonly outputsRead: readonly {
    readonly from: string;
    readonly path: string;
  }[];
  readonly needs: readonly CapabilityNeed[];
  /** Only of a `capability`. */
  readonly publishes: {
    readonly name: string;
    readonly partial: boolean;
    readonly probe: Readonly<Record<string, Json>> | null;
  } | null;
  readonly breakCycle: {
    readonly without: readonly string[];
    readonly then: 'update' | 'recreate';
  } | null;
  readonly artifact: {
    readonly name: string;
    readonly version: string;
    readonly digest: string;
  } | null;
  readonly lifecycle: {
    readonly preventDestroy: boolean;
    readonly ignoreChanges: readonly string[];
  };
  readonly range: SourceRange;
  /** Over attributes, artifact digest and executor; never over position, phase or a revision. */
  readonly digest: string;
}

/** What the config says about resources that are there already, as in Terraform. Addresses hold in every target. */
export type CompiledMove =
  | { readonly kind: 'moved'; readonly from: string; readonly to: string }
  | { readonly kind: 'removed'; readonly from: string; readonly destroy: boolean }
  | { readonly kind: 'import'; readonly to: string; readonly id: string };

/** Stage 2 of one flock version in one region: the resources of each of its targets there. */
export interface CompiledResources {
  readonly flock: string;
  readonly version: string;
  readonly region: string;
  readonly settings: FlockSettings;
  readonly phases: readonly CompiledPhase[];
  readonly targets: readonly {
    readonly target: CompiledTarget;
    readonly resources: readonly CompiledResource[];
  }[];
  /** Absent where the config says nothing of the kind. */
  readonly moves?: readonly CompiledMove[];
  readonly reads: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly digest: string;
}

/** All flocks of one region, actual and forecast (the region as `Building` and available): what a build graph is assembled from. */
export interface CompiledRegion {
  readonly region: string;
  /** Region-data revision, as a decimal string. */
  readonly regionData: string;
  readonly flocks: readonly CompiledResources[];
  readonly digest: string;
}
