import { type Json } from '#libs/kernel';
import { type RegionalId, type ReleaseNode } from '#libs/releases/contract';

/** What the builds saga asks for. Each is carried out by one handler in `nest/`, idempotent by the command's id. */
export type RegionBuildCommand =
  | { readonly type: 'OpenRegionBuild'; readonly region: string; readonly reason: string }
  | {
      readonly type: 'MergeRegionBuild';
      readonly region: string;
      readonly build: string;
      /** Region-data revision to merge at, decimal. */
      readonly regionData: string;
      /** Position of a selection of versions that asks for it; then the merge is recorded even where it changes nothing. */
      readonly selection?: string;
    }
  | { readonly type: 'SetRegionBuilding'; readonly region: string; readonly build: string }
  | {
      readonly type: 'ConcludeRegionBuild';
      readonly region: string;
      readonly build: string;
      readonly covers: string;
      /** Whether the build leads to Production by itself. */
      readonly setsState: boolean;
    }
  | {
      readonly type: 'SendNodes';
      readonly release: string;
      readonly build: string;
      readonly region: string;
      readonly environment: 'vibe' | 'target';
      readonly flock: string;
      readonly version: string;
      readonly target: string;
      readonly round: number;
      readonly to: RegionalId;
      readonly nodes: readonly Omit<ReleaseNode, 'attributes' | 'baseline'>[];
      /** Blob of the region's baseline, and which of these nodes were never carried out since it was taken. */
      readonly baseline?: { readonly blob: string; readonly nodes: readonly string[] };
      /** Blob of the flock's compiled resources. */
      readonly compiled: string;
    }
  | {
      readonly type: 'DispatchReadyNode';
      readonly release: string;
      readonly region: string;
      readonly regionData: string;
      readonly node: string;
      /** Current digest, outputs filled in. */
      readonly digest: string;
      readonly to: RegionalId;
      /** Blob of the flock's compiled resources in which the node stands. */
      readonly compiled: string;
      /**
       * Outputs that the node's attributes read: address, or `capability:<name>`, → outputs. Those of what stands in the region's
       * baseline may be unknown, and are left out, or stand as `{ $unknown }`.
       */
      readonly outputs: Readonly<Record<string, Json>>;
      /** Only of a publication: all nodes that publish the capability. */
      readonly publishers: readonly string[];
      /** Blob of the region's baseline, where the node stands in it and was never carried out since. */
      readonly baseline?: string;
    }
  | {
      readonly type: 'RecallReleaseNode';
      readonly release: string;
      readonly node: string;
      readonly reason: string;
    };
