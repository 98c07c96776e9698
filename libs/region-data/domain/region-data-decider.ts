import { type CommandContext, type Decider, type Refusal } from '#libs/kernel';
import { type RegionDataCommand, type RegionDataEvent } from '../contract/index.js';
import { type Evolve } from './evolving.js';
import { decideImport, decideStagedImport } from './imports.js';
import { decidePlace, evolvePlace } from './places.js';
import { checkTicket } from './policies.js';
import { decideRealm, evolveRealm } from './realms.js';
import { decideFieldPolicy, decideRegionControl, evolveRegionControl } from './region-controls.js';
import { decideRegionState, evolveRegionState } from './region-states.js';
import { decideRegion, evolveRegion } from './regions.js';
import { emptyRegionData, type RegionDataState } from './state.js';
import { decideSubset, evolveSubset } from './subsets.js';
import { decideVibe, evolveVibe } from './vibes.js';

/** All region data, one stream: names and references are checked in one place, and a revision is a version of all of it. */
export const regionDataDecider: Decider<RegionDataCommand, RegionDataState, RegionDataEvent> = {
  initial: emptyRegionData,
  decide(command, state, context) {
    const outcome = decide(command, state, context);
    if ('refused' in outcome || outcome.length === 0) return outcome;
    return checkTicket(command, state, context) ?? outcome;
  },
  evolve: evolveRegionData,
};

function decide(
  command: RegionDataCommand,
  state: RegionDataState,
  context: CommandContext,
): readonly RegionDataEvent[] | Refusal {
  switch (command.type) {
    case 'AddRealm':
    case 'EditRealm':
    case 'RemoveRealm':
      return decideRealm(command, state);
    case 'AddRegion':
    case 'EditRegion':
    case 'RemoveRegion':
      return decideRegion(command, state, context);
    case 'ChangeRegionState':
      return decideRegionState(command, state);
    case 'AddVibe':
    case 'EditVibe':
    case 'RemoveVibe':
      return decideVibe(command, state);
    case 'AddAvailabilityDomain':
    case 'EditAvailabilityDomain':
    case 'RemoveAvailabilityDomain':
    case 'AddExecutionTarget':
    case 'EditExecutionTarget':
    case 'RemoveExecutionTarget':
      return decidePlace(command, state);
    case 'DefineSubset':
    case 'RemoveSubset':
      return decideSubset(command, state);
    case 'PlaceBuildHold':
    case 'LiftBuildHold':
    case 'SetRegionPolicy':
    case 'AttachValidationChecklist':
    case 'TickValidationItem':
      return decideRegionControl(command, state);
    case 'SetFieldPolicy':
      return decideFieldPolicy(command, state);
    case 'ImportRegionData':
      return decideImport(command, state, (from, events) => events.reduce(evolveRegionData, from));
    case 'CommitStagedImport':
      return decideStagedImport(command, state);
  }
}

const evolving: Evolve<RegionDataEvent['type']> = {
  ...evolveRealm,
  ...evolveRegion,
  ...evolveRegionState,
  ...evolveVibe,
  ...evolvePlace,
  ...evolveSubset,
  ...evolveRegionControl,
  // Without the events that it stands for it changes nothing: who folds a stream reads through it.
  RegionDataImported: (state, { events = [] }, revision) =>
    events.reduce((s, event) => fold(s, event, revision), state),
};

/** A recorded event brings its revision along; one just decided follows the last. */
export function evolveRegionData(state: RegionDataState, event: RegionDataEvent): RegionDataState {
  return fold(state, event, (event as { readonly revision?: bigint }).revision ?? state.revision + 1n);
}

function fold(state: RegionDataState, event: RegionDataEvent, revision: bigint): RegionDataState {
  // The table's entry for a type takes that type's data; a type that it lacks (a notice of redaction) changes no entity.
  const evolve = evolving[event.type] as
    | ((state: RegionDataState, data: RegionDataEvent['data'], revision: bigint) => RegionDataState)
    | undefined;
  return { ...(evolve ? evolve(state, event.data, revision) : state), revision };
}
