import { refuse, type Refusal } from '#libs/kernel';
import { type RegionDataCommandOf, type RegionDataEvent } from '../contract/index.js';
import { changesBy, checkAttributes, checkIdentifier, withChanges } from './attributes.js';
import { drop, held, put, type Evolve } from './evolving.js';
import { exists, refuseInUse, unknown } from './in-use.js';
import { checkIfMatch } from './policies.js';
import { type RegionDataState } from './state.js';

type Command = RegionDataCommandOf<'AddRealm' | 'EditRealm' | 'RemoveRealm'>;

export function decideRealm(command: Command, state: RegionDataState): readonly RegionDataEvent[] | Refusal {
  const { realm } = command;
  const known = state.realms.get(realm);
  if (command.type === 'AddRealm') {
    const attributes = { ...command.attributes, name: realm };
    return (
      (known ? exists('realm', realm) : null) ??
      checkIdentifier('a realm', realm) ??
      checkAttributes(attributes, state.fieldPolicy) ?? [{ type: 'RealmAdded', data: { realm, attributes } }]
    );
  }
  if (!known) return command.type === 'RemoveRealm' ? [] : unknown('realm', realm);
  const mismatch = checkIfMatch(command.ifMatch, known.revision, `realm "${realm}"`);
  if (mismatch) return mismatch;
  if (command.type === 'RemoveRealm') {
    const dependants = [
      ...[...state.regions.values()]
        .filter((r) => r.all_regions.realm === realm)
        .map((r) => `region "${r.regions.public_name}"`),
      ...[...state.availabilityDomains.values()]
        .filter((d) => d.entry.realm === realm)
        .map((d) => `availability domain "${d.entry.name}" of ${d.entry.region}`),
    ];
    return refuseInUse('realm', realm, dependants) ?? [{ type: 'RealmRemoved', data: { realm } }];
  }
  const changes = changesBy(command, known.entry);
  if (changes.some((c) => c.attribute === 'name')) return refuseKey('realm', 'name');
  const invalid = checkAttributes(command.set ?? {}, state.fieldPolicy);
  return invalid ?? (changes.length === 0 ? [] : [{ type: 'RealmEdited', data: { realm, changes } }]);
}

export function refuseKey(kind: string, key: string): Refusal {
  return refuse('region-data/immutable-field', `"${key}" identifies the ${kind} and cannot be changed`, {
    fix: `add a ${kind} under the other name, and remove this one`,
    details: { attribute: key },
  });
}

export const evolveRealm: Evolve<'RealmAdded' | 'RealmEdited' | 'RealmRemoved'> = {
  RealmAdded: (state, { realm, attributes }, revision) => ({
    ...state,
    realms: put(state.realms, realm, held({ ...attributes, name: realm }, revision)),
  }),
  RealmEdited: (state, { realm, changes }, revision) => {
    const known = state.realms.get(realm);
    if (!known) return state;
    return { ...state, realms: put(state.realms, realm, held(withChanges(known.entry, changes), revision)) };
  },
  RealmRemoved: (state, { realm }) => ({ ...state, realms: drop(state.realms, realm) }),
};
