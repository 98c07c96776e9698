import { refuse, type CommandContext, type Json, type Refusal } from '#libs/kernel';
import {
  namesRegion,
  type AllRegionsEntry,
  type AttributeChange,
  type Attributes,
  type Edit,
  type RegionDataCommandOf,
  type RegionDataEvent,
  type RegionEntry,
  type VibeEntry,
} from '../contract/index.js';
import { checkAttributes, checkIdentifier, checkNotes, changesBy, withChanges } from './attributes.js';
import { drop, put, putRegion, type Evolve } from './evolving.js';
import { exists, refuseInUse, unknown } from './in-use.js';
import { checkIfMatch, checkImmutable, checkRequired } from './policies.js';
import { checkRegion, type RegionEntries } from './region-checks.js';
import { stampRecoveryInfo } from './recovery-info.js';
import { internalNameOf, joined, regionNamed, type RegionDataState, type RegionRecord } from './state.js';
import { checkVibe } from './vibes.js';

export type SetChange = AttributeChange & { readonly set: 'regions' | 'all_regions' };

export function decideRegion(
  command: RegionDataCommandOf<'AddRegion' | 'EditRegion' | 'RemoveRegion'>,
  state: RegionDataState,
  context: CommandContext,
): readonly RegionDataEvent[] | Refusal {
  if (command.type === 'AddRegion') return add(command, state, context);
  const record = regionNamed(state, command.region);
  if (!record) return command.type === 'RemoveRegion' ? [] : unknown('region', command.region);
  const mismatch = checkIfMatch(command.ifMatch, record.revision, `region "${record.regions.internal_name}"`);
  if (mismatch) return mismatch;
  return command.type === 'EditRegion'
    ? edit(command, record, state, context)
    : remove(command, record, state);
}

function add(
  command: RegionDataCommandOf<'AddRegion'>,
  state: RegionDataState,
  context: CommandContext,
): readonly RegionDataEvent[] | Refusal {
  const { region, realm, notes } = command;
  const public_name = command.public_name ?? region;
  const vibe: VibeEntry | null = command.vibe
    ? {
        ...command.vibe.attributes,
        id: command.vibe.id ?? `${region}-vibe`,
        host_region: command.vibe.host_region,
        target_region: region,
      }
    : null;
  const { code, ...attributes } = stampRecoveryInfo({ set: command.attributes ?? {} }, {}, context).set;
  const own = ownedBySystem.find((name) => attributes[name] !== undefined && name !== 'target_available');
  if (own !== undefined && own !== 'ViBE_region') return refuseOwned(own);
  const entries: RegionEntries = {
    regions: { internal_name: region, public_name, realm, ...(code !== undefined && { code }) },
    all_regions: {
      name: public_name,
      realm,
      state: 'none',
      ViBE_region: vibe?.id ?? null,
      target_available: vibe === null && typeof attributes['ViBE_region'] !== 'string',
      ...attributes,
    },
  };
  const taken = regionNamed(state, region) ? exists('region', region) : null;
  const refusal =
    taken ??
    checkNotes(notes) ??
    checkRequired(state.fieldPolicy, has(entries, notes)) ??
    checkAttributes(command.attributes ?? {}, state.fieldPolicy);
  if (refusal) return refusal;
  const added: RegionDataEvent = {
    type: 'RegionAdded',
    data: { region, ...entries, ...(notes !== undefined && { notes }) },
  };
  const events: RegionDataEvent[] = vibe
    ? [added, { type: 'VibeAdded', data: { vibe: vibe.id, attributes: vibe } }]
    : [added];
  if (vibe && state.vibes.has(vibe.id)) return exists('vibe', vibe.id);
  const after = {
    ...evolveRegion.RegionAdded(state, added.data, state.revision + 1n),
    ...(vibe && { vibes: put(state.vibes, vibe.id, { entry: vibe, revision: state.revision }) }),
  };
  return checkRegion(entries, after, null) ?? (vibe ? checkVibe(vibe, after) : null) ?? events;
}

function edit(
  command: RegionDataCommandOf<'EditRegion'>,
  record: RegionRecord,
  state: RegionDataState,
  context: CommandContext,
): readonly RegionDataEvent[] | Refusal {
  const { notes } = command;
  const region = record.regions.internal_name;
  const changes = regionChanges(
    withDefaults(stampRecoveryInfo(command, joined(record), context), record),
    record,
  );
  const notesChanged = notes !== undefined && notes !== (record.notes ?? '');
  if (changes.length === 0 && !notesChanged) return [];
  const fixed = changes.find((c) => c.attribute === 'state');
  if (fixed) return refuseOwned('state');
  const next = applied(record, changes);
  const edited = new Set(changes.map((c) => (c.attribute === 'name' ? 'public_name' : c.attribute)));
  const renamed = next.regions.public_name !== record.regions.public_name;
  const refusal =
    checkImmutable(notesChanged ? [...edited, 'notes'] : edited, state.fieldPolicy) ??
    checkNotes(notes) ??
    checkAttributes(command.set ?? {}, state.fieldPolicy) ??
    checkRequired(state.fieldPolicy, has(next, notes ?? record.notes ?? undefined)) ??
    (renamed ? checkRename(record, command, state, next.regions.public_name) : null) ??
    checkRegion(next, state, record);
  if (refusal) return refusal;
  const event: RegionDataEvent = {
    type: 'RegionEdited',
    data: { region, changes, ...(notesChanged && { notes }) },
  };
  return renamed ? [event, ...followRename(state, record, next.regions.public_name)] : [event];
}

/** A region that gets its ViBE in `none` has no target to reach yet, unless the edit says otherwise. */
function withDefaults(edit: Edit, { all_regions: { state, ViBE_region } }: RegionRecord): Edit {
  const next = edit.set?.['ViBE_region'];
  const gets = state === 'none' && ViBE_region === null && typeof next === 'string';
  return gets ? { ...edit, set: { target_available: false, ...edit.set } } : edit;
}

/**
 * What an edit changes, set by set: an attribute is written in each set where the region has it, a new one into `all_regions`.
 * The public name is `public_name` in one and `name` in the other.
 */
export function regionChanges(edit: Edit, { regions, all_regions }: RegionRecord): readonly SetChange[] {
  const set: Record<string, Json> = { ...edit.set };
  const publicName = set['public_name'] ?? set['name'];
  delete set['public_name'];
  delete set['name'];
  const names: Attributes = publicName === undefined ? {} : { public_name: publicName };
  const inRegions = (a: string) => regions[a] !== undefined || (a === 'code' && all_regions[a] === undefined);
  const inAll = (a: string) => all_regions[a] !== undefined || !inRegions(a);
  const pick = (belongs: (a: string) => boolean): Attributes =>
    Object.fromEntries(Object.entries(set).filter(([a]) => belongs(a)));
  const unset = edit.unset ?? [];
  return [
    ...changesBy({ set: { ...pick(inRegions), ...names }, unset }, regions).map((c) => ({
      set: 'regions' as const,
      ...c,
    })),
    ...changesBy(
      { set: { ...pick(inAll), ...(publicName !== undefined && { name: publicName }) }, unset },
      all_regions,
    ).map((c) => ({ set: 'all_regions' as const, ...c })),
  ];
}

export function applied(entries: RegionEntries, changes: readonly SetChange[]): RegionEntries {
  return {
    regions: withChanges(
      entries.regions,
      changes.filter((c) => c.set === 'regions'),
    ),
    all_regions: withChanges(
      entries.all_regions,
      changes.filter((c) => c.set === 'all_regions'),
    ),
  };
}

function has(entries: RegionEntries, notes: string | undefined): (attribute: string) => boolean {
  const all = { ...entries.regions, ...entries.all_regions };
  return (attribute) =>
    attribute === 'notes' ? notes !== undefined && notes !== '' : (all[attribute] ?? null) !== null;
}

const ownedBySystem = [
  'state',
  'internal_name',
  'public_name',
  'name',
  'realm',
  'ViBE_region',
  'target_available',
];

function refuseOwned(attribute: string): Refusal {
  return attribute === 'state'
    ? refuse('region/state-by-transition', 'a state is not an attribute to be written', {
        fix: "pause, resume, deprecate or cancel the region; a new region is `none`, and only an admin's import adopts one with a state",
      })
    : refuse('region-data/invalid-attribute-name', `"${attribute}" has a place of its own in the command`, {
        fix: `leave "${attribute}" out of the attributes`,
      });
}

function checkRename(
  record: RegionRecord,
  { facts }: RegionDataCommandOf<'EditRegion'>,
  state: RegionDataState,
  to: string,
): Refusal | null {
  const other = regionNamed(state, to);
  if (other && other !== record) return exists('region', to);
  const invalid = checkIdentifier('a region', to);
  if (invalid) return invalid;
  if (record.all_regions.state === 'none' && facts?.resources?.length === 0) return null;
  return refuse('region/public-name-fixed', `the public name of "${record.regions.public_name}" is in use`, {
    fix: 'change it only while the region is `none` and has no resources',
    details: { state: record.all_regions.state, resources: facts?.resources ?? null },
  });
}

/** Entries that name the region by its public name follow it (RD-05). */
function followRename(state: RegionDataState, record: RegionRecord, to: string): RegionDataEvent[] {
  const from = record.regions.public_name;
  const region = record.regions.internal_name;
  // Where both names were one text, references hold by the internal name, which stays.
  if (from === region) return [];
  const change = (attribute: string): AttributeChange => ({ attribute, from, to });
  return [
    ...[...state.vibes.values()].flatMap(({ entry }): RegionDataEvent[] => {
      const changes = ['host_region', 'target_region'].filter((a) => entry[a] === from).map(change);
      return changes.length === 0 ? [] : [{ type: 'VibeEdited', data: { vibe: entry.id, changes } }];
    }),
    ...[...state.availabilityDomains.values()]
      .filter(({ entry }) => entry.region === from)
      .map(({ entry }): RegionDataEvent => ({
        type: 'AvailabilityDomainEdited',
        data: { region, name: entry.name, changes: [change('region')] },
      })),
    ...[...state.executionTargets.values()]
      .filter(({ entry }) => entry.region === from)
      .map(({ entry }): RegionDataEvent => ({
        type: 'ExecutionTargetEdited',
        data: { region, name: entry.name, changes: [change('region')] },
      })),
  ];
}

function remove(
  { facts }: RegionDataCommandOf<'RemoveRegion'>,
  record: RegionRecord,
  state: RegionDataState,
): readonly RegionDataEvent[] | Refusal {
  const { internal_name: region, public_name } = record.regions;
  if (record.all_regions.state !== 'none') {
    return refuse('region/not-removable', `region "${public_name}" is ${record.all_regions.state}`, {
      fix: 'only a region in `none` can be removed: cancel its registration first, or deprecate it and keep its record',
      details: { state: record.all_regions.state },
    });
  }
  const names = { publicNames: new Set([public_name]), internalNames: new Set([region]) };
  const here = (reference: Json | undefined) => internalNameOf(state, reference) === region;
  const dependants = [
    ...[...state.vibes.values()]
      .filter(({ entry }) => here(entry.host_region) || here(entry.target_region))
      .map(({ entry }) => `ViBE "${entry.id}"`),
    ...[...state.availabilityDomains.values()]
      .filter(({ entry }) => here(entry.region))
      .map(({ entry }) => `availability domain "${entry.name}"`),
    ...[...state.executionTargets.values()]
      .filter(({ entry }) => here(entry.region))
      .map(({ entry }) => `execution target "${entry.name}"`),
    ...[...state.subsets]
      .filter(([, { entry }]) => entry.some((value) => namesRegion(value, names)))
      .map(([name]) => `subset "${name}"`),
  ];
  const inUse = refuseInUse('region', region, dependants);
  if (inUse) return inUse;
  if (facts?.resources?.length === 0) return [{ type: 'RegionRemoved', data: { region } }];
  return refuse(
    'region/has-resources',
    facts?.resources
      ? `region "${public_name}" still has ${facts.resources.length} resources: ${facts.resources.slice(0, 5).join(', ')}`
      : `it is not known whether "${public_name}" still has resources`,
    {
      fix: facts?.resources
        ? 'delete them by a confirmed plan first'
        : 'try again when the orchestrator answers',
      details: { resources: facts?.resources ?? [] },
    },
  );
}

export const evolveRegion: Evolve<'RegionAdded' | 'RegionEdited' | 'RegionRemoved'> = {
  RegionAdded: (state, { region, regions, all_regions, notes }, revision) => {
    const entries = { regions: regions as RegionEntry, all_regions: all_regions as AllRegionsEntry };
    const record: RegionRecord = {
      ...entries,
      notes: notes ?? null,
      revision,
      touched: revision,
      adopted: entries.all_regions.state === 'none' ? null : entries.all_regions.state,
      hold: null,
      autoBuild: false,
      checklist: [],
    };
    return {
      ...state,
      regions: put(state.regions, region, record),
      publicNames: put(state.publicNames, entries.regions.public_name, region),
    };
  },
  RegionEdited: (state, { region, changes, notes }, revision) => {
    const record = state.regions.get(region);
    if (!record) return state;
    const entries = applied(record, changes);
    const next = putRegion(state, region, {
      ...entries,
      notes: notes ?? record.notes,
      revision,
      touched: changes.length > 0 ? revision : record.touched,
    });
    if (entries.regions.public_name === record.regions.public_name) return next;
    const publicNames = drop(state.publicNames, record.regions.public_name);
    return { ...next, publicNames: put(publicNames, entries.regions.public_name, region) };
  },
  RegionRemoved: (state, { region }) => ({
    ...state,
    regions: drop(state.regions, region),
    publicNames: drop(state.publicNames, state.regions.get(region)?.regions.public_name ?? ''),
  }),
};
