import { type Refusal } from '#libs/kernel';
import { type Attributes, type RegionDataCommandOf, type RegionDataEvent } from '../contract/index.js';
import { changesBy, checkAttributes, checkIdentifier, withChanges } from './attributes.js';
import { drop, held, put, putRegion, type Evolve } from './evolving.js';
import { exists, refuseInUse, unknown } from './in-use.js';
import { checkIfMatch } from './policies.js';
import { refuseKey } from './realms.js';
import { internalNameOf, placeKey, regionNamed, type Held, type RegionDataState } from './state.js';

type Entry = Attributes & { readonly name: string; readonly region: string };

/** Availability domains and execution targets: entries within a region, keyed by it and their name. */
interface Kind {
  readonly kind: 'availability-domain' | 'execution-target';
  readonly words: string;
  readonly map: 'availabilityDomains' | 'executionTargets';
  check(entry: Entry, region: string, state: RegionDataState): Refusal | null;
  dependants(region: string, name: string, state: RegionDataState): readonly string[];
  readonly types: {
    readonly added: 'AvailabilityDomainAdded' | 'ExecutionTargetAdded';
    readonly edited: 'AvailabilityDomainEdited' | 'ExecutionTargetEdited';
    readonly removed: 'AvailabilityDomainRemoved' | 'ExecutionTargetRemoved';
  };
}

const availabilityDomains: Kind = {
  kind: 'availability-domain',
  words: 'an availability domain',
  map: 'availabilityDomains',
  check: (entry, region, state) => {
    const realm = state.regions.get(region)?.all_regions.realm;
    return entry['realm'] === realm
      ? null
      : unknown('realm', `${entry['realm'] as string}" of region "${region}`);
  },
  dependants: (region, name, state) =>
    [...state.executionTargets.values()]
      .filter(
        ({ entry }) => entry.availability_domain === name && internalNameOf(state, entry.region) === region,
      )
      .map(({ entry }) => `execution target "${entry.name}"`),
  types: {
    added: 'AvailabilityDomainAdded',
    edited: 'AvailabilityDomainEdited',
    removed: 'AvailabilityDomainRemoved',
  },
};

const executionTargets: Kind = {
  kind: 'execution-target',
  words: 'an execution target',
  map: 'executionTargets',
  check: (entry, region, state) => {
    const domain = entry['availability_domain'];
    if (
      domain === null ||
      (typeof domain === 'string' && state.availabilityDomains.has(placeKey(region, domain)))
    )
      return null;
    return unknown('availability-domain', domain as string);
  },
  dependants: () => [],
  types: {
    added: 'ExecutionTargetAdded',
    edited: 'ExecutionTargetEdited',
    removed: 'ExecutionTargetRemoved',
  },
};

type Command = RegionDataCommandOf<
  | 'AddAvailabilityDomain'
  | 'EditAvailabilityDomain'
  | 'RemoveAvailabilityDomain'
  | 'AddExecutionTarget'
  | 'EditExecutionTarget'
  | 'RemoveExecutionTarget'
>;

export function decidePlace(command: Command, state: RegionDataState): readonly RegionDataEvent[] | Refusal {
  const record = regionNamed(state, command.region);
  if (!record) return unknown('region', command.region);
  const region = record.regions.internal_name;
  const { name } = command;
  switch (command.type) {
    case 'AddAvailabilityDomain': {
      const realm = record.all_regions.realm;
      return add(availabilityDomains, { ...command.attributes, name, region: command.region, realm }, state);
    }
    case 'AddExecutionTarget': {
      const availability_domain = command.availability_domain ?? null;
      return add(
        executionTargets,
        { ...command.attributes, name, region: command.region, availability_domain },
        state,
      );
    }
    case 'EditAvailabilityDomain':
    case 'EditExecutionTarget':
      return edit(kindOf(command), region, command, state);
    case 'RemoveAvailabilityDomain':
    case 'RemoveExecutionTarget': {
      const kind = kindOf(command);
      const known = state[kind.map].get(placeKey(region, name));
      if (!known) return [];
      return (
        checkIfMatch(command.ifMatch, known.revision, `${kind.kind} "${name}"`) ??
        refuseInUse('availability-domain', name, kind.dependants(region, name, state)) ?? [
          { type: kind.types.removed, data: { region, name } },
        ]
      );
    }
  }
}

function kindOf({ type }: Command): Kind {
  return type.endsWith('ExecutionTarget') ? executionTargets : availabilityDomains;
}

function add(kind: Kind, entry: Entry, state: RegionDataState): readonly RegionDataEvent[] | Refusal {
  const region = internalNameOf(state, entry.region)!;
  const known = state[kind.map].get(placeKey(region, entry.name));
  return (
    (known ? exists(kind.kind, entry.name) : null) ??
    checkPlace(kind.map, entry, state) ?? [
      { type: kind.types.added, data: { region, name: entry.name, attributes: entry } },
    ]
  );
}

function edit(
  kind: Kind,
  region: string,
  command: RegionDataCommandOf<'EditAvailabilityDomain' | 'EditExecutionTarget'>,
  state: RegionDataState,
): readonly RegionDataEvent[] | Refusal {
  const { name } = command;
  const known = state[kind.map].get(placeKey(region, name));
  if (!known) return unknown(kind.kind, name);
  const changes = changesBy(command, known.entry);
  if (changes.some((c) => c.attribute === 'name')) return refuseKey(kind.kind, 'name');
  const next = withChanges<Entry>(known.entry, changes);
  if (internalNameOf(state, next.region) !== region) return refuseKey(kind.kind, 'region');
  return (
    checkIfMatch(command.ifMatch, known.revision, `${kind.kind} "${name}"`) ??
    checkPlace(kind.map, next, state) ??
    (changes.length === 0 ? [] : [{ type: kind.types.edited, data: { region, name, changes } }])
  );
}

/** Whether an entry of `availability_domains` or `execution_targets` stands in a region that exists, in a domain and realm of that region. */
export function checkPlace(map: Kind['map'], entry: Entry, state: RegionDataState): Refusal | null {
  const kind = map === 'executionTargets' ? executionTargets : availabilityDomains;
  const region = internalNameOf(state, entry.region);
  if (region === undefined) return unknown('region', entry.region);
  return (
    checkIdentifier(kind.words, entry.name) ??
    checkAttributes(entry, state.fieldPolicy) ??
    kind.check(entry, region, state)
  );
}

export const evolvePlace: Evolve<
  | 'AvailabilityDomainAdded'
  | 'AvailabilityDomainEdited'
  | 'AvailabilityDomainRemoved'
  | 'ExecutionTargetAdded'
  | 'ExecutionTargetEdited'
  | 'ExecutionTargetRemoved'
> = {
  AvailabilityDomainAdded: (state, data, revision) => added(state, 'availabilityDomains', data, revision),
  AvailabilityDomainEdited: (state, data, revision) => edited(state, 'availabilityDomains', data, revision),
  AvailabilityDomainRemoved: (state, data, revision) => removed(state, 'availabilityDomains', data, revision),
  ExecutionTargetAdded: (state, data, revision) => added(state, 'executionTargets', data, revision),
  ExecutionTargetEdited: (state, data, revision) => edited(state, 'executionTargets', data, revision),
  ExecutionTargetRemoved: (state, data, revision) => removed(state, 'executionTargets', data, revision),
};

interface Place {
  readonly region: string;
  readonly name: string;
}

function added(
  state: RegionDataState,
  map: Kind['map'],
  { region, name, attributes }: Place & { readonly attributes: Attributes },
  revision: bigint,
): RegionDataState {
  const next = put<Held<Attributes>>(state[map], placeKey(region, name), held(attributes, revision));
  return putRegion({ ...state, [map]: next }, region, { touched: revision });
}

function edited(
  state: RegionDataState,
  map: Kind['map'],
  { region, name, changes }: Place & { readonly changes: Parameters<typeof withChanges>[1] },
  revision: bigint,
): RegionDataState {
  const key = placeKey(region, name);
  const known = state[map].get(key);
  if (!known) return state;
  const next = put<Held<Attributes>>(
    state[map],
    key,
    held(withChanges<Attributes>(known.entry, changes), revision),
  );
  return putRegion({ ...state, [map]: next }, region, { touched: revision });
}

function removed(
  state: RegionDataState,
  map: Kind['map'],
  { region, name }: Place,
  revision: bigint,
): RegionDataState {
  const next = drop<Held<Attributes>>(state[map], placeKey(region, name));
  return putRegion({ ...state, [map]: next }, region, { touched: revision });
}
