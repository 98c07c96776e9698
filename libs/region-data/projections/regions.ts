import { type Json } from '#libs/kernel';
import {
  type Attributes,
  type RecordedRegionDataEvent,
  type RegionRow,
  type RegionState,
} from '../contract/index.js';
import { withChanges } from '../domain/attributes.js';
import { legalNextStates } from '../domain/region-states.js';
import { entityProjection, touchedBy } from './entity-projection.js';

/** Regions as FIG. 6 shows them: both entries joined, with the last change and the states that may follow. */
export const regionsProjection = entityProjection<RegionRow>({
  name: 'regions',
  version: 1,
  types: [
    'RegionAdded',
    'RegionEdited',
    'RegionRemoved',
    'RegionStateChanged',
    'BuildHoldPlaced',
    'BuildHoldLifted',
    'RegionPolicyChanged',
    'ValidationChecklistAttached',
    'ValidationItemTicked',
    'ExecutionTargetAdded',
    'ExecutionTargetRemoved',
  ],
  indexes: {
    byPublicName: ['publicName'],
    byRealm: ['realm', 'publicName'],
    byState: ['state', 'publicName'],
  },
  keys: ({ data }) => ('region' in data ? [data.region] : []),
  apply(row, event) {
    if (event.type === 'RegionAdded') return added(event);
    if (!row || event.type === 'RegionRemoved') return null;
    const touched = touchedBy(event);
    switch (event.type) {
      case 'RegionEdited': {
        const of = (set: string) => event.data.changes.filter((c) => c.set === set);
        const regions = withChanges(row.regions, of('regions'));
        const all_regions = withChanges(row.all_regions, of('all_regions'));
        return { ...row, ...touched, ...derived(regions, all_regions), notes: event.data.notes ?? row.notes };
      }
      case 'RegionStateChanged':
        return { ...row, ...touched, ...derived(row.regions, { ...row.all_regions, state: event.data.to }) };
      case 'BuildHoldPlaced':
        return { ...row, ...touched, hold: event.data.reason };
      case 'BuildHoldLifted':
        return { ...row, ...touched, hold: null };
      case 'RegionPolicyChanged':
        return { ...row, ...touched, autoBuild: event.data.policy.autoBuild };
      case 'ValidationChecklistAttached':
        return { ...row, ...touched, checklist: event.data.items.map((item) => ({ ...item, passed: null })) };
      case 'ValidationItemTicked': {
        const { item, passed } = event.data;
        return {
          ...row,
          ...touched,
          checklist: row.checklist.map((i) => (i.id === item ? { ...i, passed } : i)),
        };
      }
      case 'ExecutionTargetAdded':
        return withTargets(row, row.executionTargets + 1);
      case 'ExecutionTargetRemoved':
        return withTargets(row, row.executionTargets - 1);
      default:
        return row;
    }
  },
});

function added(event: RecordedRegionDataEvent & { readonly type: 'RegionAdded' }): RegionRow {
  const { region, regions, all_regions, notes } = event.data;
  return {
    region,
    ...derived(regions, all_regions),
    ...touchedBy(event),
    notes: notes ?? null,
    hold: null,
    autoBuild: false,
    checklist: [],
    executionTargets: 0,
    buildable: false,
    adopted: all_regions['state'] !== 'none',
  };
}

function derived(regions: Attributes, all_regions: Attributes) {
  const attributes = { ...regions, ...all_regions };
  const state = all_regions['state'] as RegionState;
  return {
    publicName: regions['public_name'] as string,
    realm: regions['realm'] as string,
    code: text(attributes['code']),
    state,
    vibe: text(all_regions['ViBE_region']),
    attributes,
    regions,
    all_regions,
    nextStates: legalNextStates(state),
  };
}

function withTargets(row: RegionRow, executionTargets: number): RegionRow {
  return { ...row, executionTargets, buildable: executionTargets > 0 };
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
