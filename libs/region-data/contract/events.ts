import { type DomainEvent, type Json } from '#libs/kernel';
import { type Attributes, type RegionState } from './region-data.js';

/** One attribute set (`to` present), or removed (`to` absent). `from` is what it was, absent where it was not there. */
export interface AttributeChange {
  readonly attribute: string;
  readonly from?: Json;
  readonly to?: Json;
}

/** Why a state changed. MFO's transitions name the build, and for Production the region-data revision that the build covered. */
export type StateCause =
  | { readonly by: 'user'; readonly reason?: string }
  | { readonly by: 'mfo'; readonly build: string; readonly covers?: string }
  | { readonly by: 'alarm'; readonly alarm: string }
  | { readonly by: 'import' };

/** The stream `region-data` (one for the installation). `region` is always the internal name. */
export type RegionDataEvent =
  | DomainEvent<'RealmAdded', { readonly realm: string; readonly attributes: Attributes }>
  | DomainEvent<'RealmEdited', { readonly realm: string; readonly changes: readonly AttributeChange[] }>
  | DomainEvent<'RealmRemoved', { readonly realm: string }>
  | DomainEvent<
      'RegionAdded',
      {
        readonly region: string;
        /** The entry of `regions`, whole. */
        readonly regions: Attributes;
        /** The entry of `all_regions`, whole, `state` and `ViBE_region` filled in. */
        readonly all_regions: Attributes;
        readonly notes?: string;
      }
    >
  | DomainEvent<
      'RegionEdited',
      {
        readonly region: string;
        readonly changes: readonly (AttributeChange & { readonly set: 'regions' | 'all_regions' })[];
        /** Free text beside the data; never injected. */
        readonly notes?: string;
      }
    >
  | DomainEvent<'RegionRemoved', { readonly region: string }>
  | DomainEvent<
      'RegionStateChanged',
      {
        readonly region: string;
        readonly from: RegionState;
        readonly to: RegionState;
        readonly cause: StateCause;
      }
    >
  | DomainEvent<'VibeAdded', { readonly vibe: string; readonly attributes: Attributes }>
  | DomainEvent<'VibeEdited', { readonly vibe: string; readonly changes: readonly AttributeChange[] }>
  | DomainEvent<'VibeRemoved', { readonly vibe: string }>
  | DomainEvent<
      'AvailabilityDomainAdded',
      { readonly region: string; readonly name: string; readonly attributes: Attributes }
    >
  | DomainEvent<
      'AvailabilityDomainEdited',
      { readonly region: string; readonly name: string; readonly changes: readonly AttributeChange[] }
    >
  | DomainEvent<'AvailabilityDomainRemoved', { readonly region: string; readonly name: string }>
  | DomainEvent<
      'ExecutionTargetAdded',
      { readonly region: string; readonly name: string; readonly attributes: Attributes }
    >
  | DomainEvent<
      'ExecutionTargetEdited',
      { readonly region: string; readonly name: string; readonly changes: readonly AttributeChange[] }
    >
  | DomainEvent<'ExecutionTargetRemoved', { readonly region: string; readonly name: string }>
  | DomainEvent<'SubsetDefined', { readonly subset: string; readonly entries: readonly Json[] }>
  | DomainEvent<'SubsetRemoved', { readonly subset: string }>
  | DomainEvent<'BuildHoldPlaced', { readonly region: string; readonly reason: string }>
  | DomainEvent<'BuildHoldLifted', { readonly region: string }>
  | DomainEvent<'RegionPolicyChanged', { readonly region: string; readonly policy: RegionPolicy }>
  | DomainEvent<'FieldPolicyChanged', { readonly policy: FieldPolicy }>
  | DomainEvent<
      'ValidationChecklistAttached',
      { readonly region: string; readonly items: readonly { readonly id: string; readonly text: string }[] }
    >
  | DomainEvent<
      'ValidationItemTicked',
      { readonly region: string; readonly item: string; readonly passed: boolean }
    >
  /** Commits an import that was staged in a stream of its own: folds read its events as if they stood here (`entityEvents`). */
  | DomainEvent<
      'RegionDataImported',
      {
        readonly stream: string;
        readonly count: number;
        readonly digest: string;
        /** Never stored: what a store that reads through (`ReadThroughImports`) fills in. */
        readonly events?: readonly RegionDataEvent[];
      }
    >;

export interface RegionPolicy {
  /** A compiled change opens a build by itself (in `none` or Production). */
  readonly autoBuild: boolean;
}

/**
 * `immutable`: refused after the region was added; `required`: must be there; `types`: what a value must be where there is one.
 * Attribute names of either set, and `ticket`, `notes`. A required `ticket` is required with every change that a person makes.
 */
export interface FieldPolicy {
  readonly immutable: readonly string[];
  readonly required: readonly string[];
  readonly types?: Readonly<Record<string, AttributeType>>;
}

export type AttributeType = 'string' | 'number' | 'bool' | 'list' | 'object';

/** Until an installation sets its own. */
export const defaultFieldPolicy: FieldPolicy = { immutable: ['realm', 'ticket'], required: ['ticket'] };

export const regionDataStream = 'region-data';

/**
 * The stream `region-data-import-<command id>`: the events of an import of more than 1 MiB, in chunks, before it is committed.
 * `digest` is that of the whole list, so that chunks of an attempt that was overtaken are passed over.
 */
export type RegionDataImportEvent = DomainEvent<
  'RegionDataStaged',
  { readonly digest: string; readonly chunk: number; readonly events: readonly RegionDataEvent[] }
>;

/** Types of the events of the stream `region-data`. */
export const regionDataEventTypes = [
  'RealmAdded',
  'RealmEdited',
  'RealmRemoved',
  'RegionAdded',
  'RegionEdited',
  'RegionRemoved',
  'RegionStateChanged',
  'VibeAdded',
  'VibeEdited',
  'VibeRemoved',
  'AvailabilityDomainAdded',
  'AvailabilityDomainEdited',
  'AvailabilityDomainRemoved',
  'ExecutionTargetAdded',
  'ExecutionTargetEdited',
  'ExecutionTargetRemoved',
  'SubsetDefined',
  'SubsetRemoved',
  'BuildHoldPlaced',
  'BuildHoldLifted',
  'RegionPolicyChanged',
  'FieldPolicyChanged',
  'ValidationChecklistAttached',
  'ValidationItemTicked',
  'RegionDataImported',
] as const satisfies readonly RegionDataEvent['type'][];

/** Every event type that this context writes. */
export const eventTypes = [...regionDataEventTypes, 'RegionDataStaged'] as const;
