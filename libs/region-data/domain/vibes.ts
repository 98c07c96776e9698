import { refuse, type Refusal } from '#libs/kernel';
import { type RegionDataCommandOf, type RegionDataEvent, type VibeEntry } from '../contract/index.js';
import { changesBy, checkAttributes, checkIdentifier, checkText, withChanges } from './attributes.js';
import { drop, held, put, putRegion, type Evolve } from './evolving.js';
import { exists, refuseInUse, unknown } from './in-use.js';
import { checkIfMatch } from './policies.js';
import { refuseKey } from './realms.js';
import { internalNameOf, type RegionDataState } from './state.js';

type Command = RegionDataCommandOf<'AddVibe' | 'EditVibe' | 'RemoveVibe'>;

export function decideVibe(command: Command, state: RegionDataState): readonly RegionDataEvent[] | Refusal {
  const { vibe } = command;
  const known = state.vibes.get(vibe);
  if (command.type === 'AddVibe') {
    const { host_region, target_region } = command;
    const attributes: VibeEntry = { ...command.attributes, id: vibe, host_region, target_region };
    return (
      (known ? exists('vibe', vibe) : null) ??
      checkVibe(attributes, state) ?? [{ type: 'VibeAdded', data: { vibe, attributes } }]
    );
  }
  if (!known) return command.type === 'RemoveVibe' ? [] : unknown('vibe', vibe);
  const mismatch = checkIfMatch(command.ifMatch, known.revision, `ViBE "${vibe}"`);
  if (mismatch) return mismatch;
  if (command.type === 'RemoveVibe') {
    const users = [...state.regions.values()].filter((r) => r.all_regions.ViBE_region === vibe);
    const dependants = users.map((r) => `region "${r.regions.public_name}"`);
    return refuseInUse('vibe', vibe, dependants) ?? [{ type: 'VibeRemoved', data: { vibe } }];
  }
  const changes = changesBy(command, known.entry);
  if (changes.length === 0) return [];
  if (changes.some((c) => c.attribute === 'id')) return refuseKey('vibe', 'id');
  const next = withChanges(known.entry, changes);
  return (
    checkVibe(next, state) ?? checkUsers(next, state) ?? [{ type: 'VibeEdited', data: { vibe, changes } }]
  );
}

/** Both ends exist and differ: a region cannot be brought up from within itself. */
export function checkVibe(entry: VibeEntry, state: RegionDataState): Refusal | null {
  const invalid =
    checkIdentifier('a ViBE', entry.id) ??
    checkText('host_region', entry.host_region) ??
    checkText('target_region', entry.target_region) ??
    checkAttributes(entry, state.fieldPolicy);
  if (invalid) return invalid;
  const host = internalNameOf(state, entry.host_region);
  const target = internalNameOf(state, entry.target_region);
  if (host === undefined) return unknown('region', entry.host_region);
  if (target === undefined) return unknown('region', entry.target_region);
  if (host !== target) return null;
  return refuse('vibe/hosts-itself', `ViBE "${entry.id}" would be hosted in the region that it builds`, {
    fix: 'name another region as its host_region',
  });
}

function checkUsers(entry: VibeEntry, state: RegionDataState): Refusal | null {
  const target = internalNameOf(state, entry.target_region);
  for (const record of state.regions.values()) {
    if (record.all_regions.ViBE_region !== entry.id || record.regions.internal_name === target) continue;
    return refuseInUse('vibe', entry.id, [`region "${record.regions.public_name}"`]);
  }
  return null;
}

export const evolveVibe: Evolve<'VibeAdded' | 'VibeEdited' | 'VibeRemoved'> = {
  VibeAdded: (state, { vibe, attributes }, revision) => {
    const entry = attributes as VibeEntry;
    return touchTarget({ ...state, vibes: put(state.vibes, vibe, held(entry, revision)) }, entry, revision);
  },
  VibeEdited: (state, { vibe, changes }, revision) => {
    const known = state.vibes.get(vibe);
    if (!known) return state;
    const entry = withChanges(known.entry, changes);
    const next = { ...state, vibes: put(state.vibes, vibe, held(entry, revision)) };
    return touchTarget(touchTarget(next, known.entry, revision), entry, revision);
  },
  VibeRemoved: (state, { vibe }, revision) => {
    const known = state.vibes.get(vibe);
    if (!known) return state;
    return touchTarget({ ...state, vibes: drop(state.vibes, vibe) }, known.entry, revision);
  },
};

function touchTarget(state: RegionDataState, entry: VibeEntry, touched: bigint): RegionDataState {
  return putRegion(state, internalNameOf(state, entry.target_region) ?? '', { touched });
}
