import { refuse, type Refusal } from '#libs/kernel';
import {
  type AllRegionsEntry,
  type Attributes,
  type RegionDataCommandOf,
  type RegionDataDocument,
  type RegionDataEvent,
  type RegionEntry,
} from '../contract/index.js';
import { changesBy, checkAttributes, checkIdentifier, editBetween } from './attributes.js';
import { unknown } from './in-use.js';
import { checkIfMatch, checkImmutable, checkRequired } from './policies.js';
import { checkPlace } from './places.js';
import { checkRegion, type RegionEntries } from './region-checks.js';
import { type SetChange } from './regions.js';
import { internalNameOf, placeKey, regionNamed, type RegionDataState } from './state.js';
import { checkSubsetName } from './subsets.js';
import { checkVibe } from './vibes.js';

type Command = RegionDataCommandOf<'ImportRegionData'>;
type Fold = (state: RegionDataState, events: readonly RegionDataEvent[]) => RegionDataState;

/**
 * The events that make what a document says true: entries that are new, and what differs in those that exist. What it does not
 * mention stays. References are checked in the outcome, so that entries may come in any order. O(document + region data).
 */
export function decideImport(
  command: Command,
  state: RegionDataState,
  fold: Fold,
): readonly RegionDataEvent[] | Refusal {
  const mismatch = checkIfMatch(command.ifMatch, state.revision, 'region data');
  if (mismatch) return mismatch;
  const { document } = command;
  const events: RegionDataEvent[] = [...realmEvents(document, state)];
  const pairs = pairsOf(document, state);
  for (const pair of pairs) {
    const decided = regionEvents(pair, command, state);
    if ('refused' in decided) return decided;
    events.push(...decided);
  }
  events.push(...vibeEvents(document, state));
  const after = fold(state, events);
  for (const pair of pairs) {
    const record = regionNamed(after, pair.region)!;
    const entries: RegionEntries = record;
    const before = state.regions.get(pair.region) ?? null;
    const refusal =
      checkRegion(entries, after, before) ??
      checkAttributes({ ...entries.regions, ...entries.all_regions }, state.fieldPolicy) ??
      checkRequired(
        state.fieldPolicy,
        (a) => a === 'notes' || (record.all_regions[a] ?? record.regions[a] ?? null) !== null,
      );
    if (refusal) return refusal;
  }
  for (const realm of document.realms) {
    const refusal = checkIdentifier('a realm', realm.name) ?? checkAttributes(realm, state.fieldPolicy);
    if (refusal) return refusal;
  }
  for (const vibe of document.vibes) {
    const refusal = checkVibe(vibe, after);
    if (refusal) return refusal;
  }
  return placesAndSubsets(document, state, after, events, fold);
}

function placesAndSubsets(
  document: RegionDataDocument,
  state: RegionDataState,
  after: RegionDataState,
  events: readonly RegionDataEvent[],
  fold: Fold,
): readonly RegionDataEvent[] | Refusal {
  const domains = placeEvents(document.availability_domains, state.availabilityDomains, after, {
    added: 'AvailabilityDomainAdded',
    edited: 'AvailabilityDomainEdited',
  });
  if ('refused' in domains) return domains;
  const targets = placeEvents(document.execution_targets, state.executionTargets, after, {
    added: 'ExecutionTargetAdded',
    edited: 'ExecutionTargetEdited',
  });
  if ('refused' in targets) return targets;
  const withDomains = fold(after, domains);
  for (const domain of document.availability_domains) {
    const refusal = checkPlace('availabilityDomains', domain, withDomains);
    if (refusal) return refusal;
  }
  for (const target of document.execution_targets) {
    const refusal = checkPlace('executionTargets', target, withDomains);
    if (refusal) return refusal;
  }
  const subsets: RegionDataEvent[] = [];
  for (const [subset, entries] of Object.entries(document.subsets)) {
    const refusal = checkSubsetName(subset);
    if (refusal) return refusal;
    const known = state.subsets.get(subset);
    if (changesBy({ set: { entries } }, known ? { entries: known.entry } : {}).length > 0)
      subsets.push({ type: 'SubsetDefined', data: { subset, entries } });
  }
  return [...events, ...domains, ...targets, ...subsets];
}

/** A region of the document; a set that the document leaves out has no entry of it. */
interface Pair {
  readonly region: string;
  readonly regions?: RegionEntry;
  readonly all_regions?: AllRegionsEntry;
}

function pairsOf(document: RegionDataDocument, state: RegionDataState): readonly Pair[] {
  const pairs = new Map<string, Pair>();
  const byPublicName = new Map<string, string>();
  for (const regions of document.regions) {
    pairs.set(regions.internal_name, { region: regions.internal_name, regions });
    byPublicName.set(regions.public_name, regions.internal_name);
  }
  for (const all_regions of document.all_regions) {
    const region =
      byPublicName.get(all_regions.name) ?? internalNameOf(state, all_regions.name) ?? all_regions.name;
    pairs.set(region, { ...pairs.get(region), region, all_regions });
  }
  return [...pairs.values()];
}

function regionEvents(
  { region, regions, all_regions }: Pair,
  command: Command,
  state: RegionDataState,
): readonly RegionDataEvent[] | Refusal {
  const record = state.regions.get(region);
  if (!record) {
    const name = regions?.public_name ?? all_regions?.name ?? region;
    const realm = regions?.realm ?? all_regions?.realm ?? '';
    const entries: RegionEntries = {
      regions: regions ?? { internal_name: region, public_name: name, realm },
      all_regions: all_regions ?? { name, realm, state: 'none', ViBE_region: null, target_available: true },
    };
    if (entries.all_regions.state !== 'none' && !command.mayAdopt) {
      return refuse('region/adoption-forbidden', `only an admin's import may adopt "${name}" in a state`, {
        fix: 'have an admin import it, or leave `state` out: a new region is `none`',
        details: { region, state: entries.all_regions.state },
      });
    }
    return [{ type: 'RegionAdded', data: { region, ...entries } }];
  }
  const kept = (command.defaulted[region] ?? []).filter((a) => record.all_regions[a] !== undefined);
  const wanted: Attributes | undefined = all_regions && {
    ...all_regions,
    ...Object.fromEntries(kept.map((a) => [a, record.all_regions[a]!])),
  };
  if (wanted && wanted['state'] !== record.all_regions.state) {
    return refuse(
      'region/state-by-transition',
      `"${region}" is ${record.all_regions.state}; an import cannot make it ${wanted['state'] as string}`,
      { fix: 'leave `state` of regions that exist out of the document, or change it by its own command' },
    );
  }
  if (
    (regions && regions.public_name !== record.regions.public_name) ||
    (wanted && wanted['name'] !== record.all_regions.name)
  ) {
    return refuse('region/public-name-fixed', `an import does not rename "${region}"`, {
      fix: 'rename it by an edit of its own, then import',
    });
  }
  const changes: SetChange[] = [
    ...(regions ? changesBy(editBetween(record.regions, regions), record.regions) : []).map((c) => ({
      set: 'regions' as const,
      ...c,
    })),
    ...(wanted ? changesBy(editBetween(record.all_regions, wanted), record.all_regions) : []).map((c) => ({
      set: 'all_regions' as const,
      ...c,
    })),
  ];
  if (changes.length === 0) return [];
  return (
    checkImmutable(
      changes.map((c) => c.attribute),
      state.fieldPolicy,
    ) ?? [{ type: 'RegionEdited', data: { region, changes } }]
  );
}

function realmEvents({ realms }: RegionDataDocument, state: RegionDataState): RegionDataEvent[] {
  return realms.flatMap((attributes): RegionDataEvent[] => {
    const realm = attributes.name;
    const known = state.realms.get(realm)?.entry;
    if (!known) return [{ type: 'RealmAdded', data: { realm, attributes } }];
    const changes = changesBy(editBetween(known, attributes), known);
    return changes.length === 0 ? [] : [{ type: 'RealmEdited', data: { realm, changes } }];
  });
}

function vibeEvents({ vibes }: RegionDataDocument, state: RegionDataState): RegionDataEvent[] {
  return vibes.flatMap((attributes): RegionDataEvent[] => {
    const vibe = attributes.id;
    const known = state.vibes.get(vibe)?.entry;
    if (!known) return [{ type: 'VibeAdded', data: { vibe, attributes } }];
    const changes = changesBy(editBetween(known, attributes), known);
    return changes.length === 0 ? [] : [{ type: 'VibeEdited', data: { vibe, changes } }];
  });
}

function placeEvents(
  entries: readonly (Attributes & { readonly name: string; readonly region: string })[],
  known: ReadonlyMap<string, { readonly entry: Attributes }>,
  after: RegionDataState,
  types: {
    readonly added: 'AvailabilityDomainAdded' | 'ExecutionTargetAdded';
    readonly edited: 'AvailabilityDomainEdited' | 'ExecutionTargetEdited';
  },
): readonly RegionDataEvent[] | Refusal {
  const events: RegionDataEvent[] = [];
  for (const attributes of entries) {
    const region = internalNameOf(after, attributes.region);
    if (region === undefined) return unknown('region', attributes.region);
    const { name } = attributes;
    const former = known.get(placeKey(region, name))?.entry;
    if (!former) {
      events.push({ type: types.added, data: { region, name, attributes } });
      continue;
    }
    const changes = changesBy(editBetween(former, attributes), former);
    if (changes.length > 0) events.push({ type: types.edited, data: { region, name, changes } });
  }
  return events;
}

export function decideStagedImport(
  { stream, count, digest, base }: RegionDataCommandOf<'CommitStagedImport'>,
  state: RegionDataState,
): readonly RegionDataEvent[] | Refusal {
  if (base === String(state.revision)) {
    return [{ type: 'RegionDataImported', data: { stream, count, digest } }];
  }
  return refuse('region-data/moved', `region data is at revision ${state.revision}, not ${base}`, {
    fix: 'repeat the import under the same key: it is compared with the new region data',
    details: { revision: String(state.revision), base },
  });
}
