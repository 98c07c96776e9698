import { type DomainEvent } from '#libs/kernel';
import { type VersionSetRef } from '#libs/flocks/contract';
import { type RegionState } from '#libs/region-data/contract';
import { type BaselineEvent } from './baseline.js';

export interface BuildVersions {
  readonly target: VersionSetRef | null;
  readonly vibe: VersionSetRef | null;
}

/** What a build needs to know of its region. */
export interface RegionFacts {
  readonly state: RegionState;
  readonly targetAvailable: boolean;
  readonly held: boolean;
}

/** Stream `build-<region>-<n>`; the build's id is `<region>-<n>`, n counting a region's builds from 1. */
export type BuildEvent =
  | DomainEvent<
      'BuildOpened',
      {
        readonly build: string;
        readonly region: string;
        readonly number: number;
        /** `first` leads to Production, `update` runs in Production and sets no state. */
        readonly kind: 'first' | 'update';
        readonly reason: string;
        readonly hostRegion: string | null;
      }
    >
  /** Always follows `BuildOpened` in the same append, and each compilation that changed this region's result while the build is open. */
  | DomainEvent<
      'BuildGraphMerged',
      {
        readonly build: string;
        readonly region: string;
        /** Region-data revision, decimal. */
        readonly regionData: string;
        readonly versions: BuildVersions;
        /** Blob: `PlannedGraph`. */
        readonly graph: string;
        readonly nodes: number;
        /** Without phases, here and in the next two: they only list targets. */
        readonly added: number;
        readonly removed: number;
        readonly changed: number;
        /** Nodes whose flock has errors now; they keep the last good result and hold up the completion. */
        readonly blockedFlocks: readonly string[];
        /** The region at that revision. */
        readonly facts: RegionFacts;
      }
    >
  /** All is done: no merge is taken until the answer of region data. */
  | DomainEvent<
      'BuildConcluding',
      { readonly build: string; readonly region: string; readonly covers: string }
    >
  /** Region data said no: something newer touched the region. */
  | DomainEvent<
      'BuildConclusionDeferred',
      { readonly build: string; readonly region: string; readonly covers: string; readonly reason: string }
    >
  | DomainEvent<
      'BuildCompleted',
      {
        readonly build: string;
        readonly region: string;
        readonly covers: string;
        readonly versions: BuildVersions;
      }
    >
  | DomainEvent<
      'BuildCancelled',
      { readonly build: string; readonly region: string; readonly reason: string }
    >;

export const buildStream = (build: string): string => `build-${build}`;

/** Every event type that builds write. */
export const eventTypes = [
  'BuildOpened',
  'BuildGraphMerged',
  'BuildConcluding',
  'BuildConclusionDeferred',
  'BuildCompleted',
  'BuildCancelled',
  'BaselineTaken',
] as const satisfies readonly (BuildEvent | BaselineEvent)['type'][];
