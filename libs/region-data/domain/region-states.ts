import { refuse, type Refusal } from '#libs/kernel';
import {
  regionStates,
  type RegionDataCommandOf,
  type RegionDataEvent,
  type RegionState,
  type StateCause,
} from '../contract/index.js';
import { type Evolve, putRegion } from './evolving.js';
import { unknown } from './in-use.js';
import { checkIfMatch } from './policies.js';
import { regionNamed, type RegionDataState, type RegionRecord } from './state.js';

type Trigger = StateCause['by'];

/**
 * FIG. 7, edge by edge, with who may trigger it: 712 the initial stack is up; 713 the registration is cancelled; 714 the
 * scale-out is complete; 716 an incident, by a user or an alarm; 717 it is resolved; and the region's end, from Paused alone.
 */
const edges: readonly {
  readonly from: RegionState;
  readonly to: RegionState;
  readonly by: readonly Trigger[];
}[] = [
  { from: 'none', to: 'Building', by: ['mfo'] },
  { from: 'Building', to: 'none', by: ['user'] },
  { from: 'Building', to: 'Production', by: ['mfo', 'user'] },
  { from: 'Production', to: 'Paused', by: ['user', 'alarm'] },
  { from: 'Paused', to: 'Production', by: ['user'] },
  { from: 'Paused', to: 'Deprecated', by: ['user'] },
];

/** What a menu may offer (UI-08): the states that FIG. 7 lets `by` set from here, guards not considered. */
export function legalNextStates(from: RegionState, by: Trigger = 'user'): readonly RegionState[] {
  return edges.filter((e) => e.from === from && e.by.includes(by)).map((e) => e.to);
}

export function isLegalTransition(from: RegionState, to: RegionState): boolean {
  return edges.some((e) => e.from === from && e.to === to);
}

/** The state that a text means: spelled exactly, `initial` for `none`; undefined for anything else. */
export function stateFrom(text: unknown): RegionState | undefined {
  return text === 'initial' ? 'none' : regionStates.find((s) => s === text);
}

export function decideRegionState(
  command: RegionDataCommandOf<'ChangeRegionState'>,
  state: RegionDataState,
): readonly RegionDataEvent[] | Refusal {
  const record = regionNamed(state, command.region);
  if (!record) return unknown('region', command.region);
  const to = stateFrom(command.to);
  if (!to) {
    return refuse('region/unknown-state', `"${command.to}" is no state of a region`, {
      fix: `use one of ${regionStates.join(', ')}, spelled so`,
      details: { states: regionStates },
    });
  }
  const region = record.regions.internal_name;
  const from = record.all_regions.state;
  if (from === to) return [];
  const refusal =
    checkIfMatch(command.ifMatch, record.revision, `region "${region}"`) ??
    (command.from !== undefined && command.from !== from
      ? refuseTransition(record, to, legalNextStates(from))
      : null) ??
    checkEdge(record, to, command.cause) ??
    (to === 'Production' && from === 'Building' ? checkProduction(record, command) : null);
  if (refusal) return refusal;
  const changed: RegionDataEvent = {
    type: 'RegionStateChanged',
    data: { region, from, to, cause: command.cause },
  };
  // A cancelled registration must not open its next build by itself.
  return from === 'Building' && to === 'none' && record.autoBuild
    ? [changed, { type: 'RegionPolicyChanged', data: { region, policy: { autoBuild: false } } }]
    : [changed];
}

function checkEdge(record: RegionRecord, to: RegionState, { by }: StateCause): Refusal | null {
  const from = record.all_regions.state;
  const name = record.regions.public_name;
  const edge = edges.find((e) => e.from === from && e.to === to);
  if (edge?.by.includes(by)) return null;
  const next = legalNextStates(from, by === 'import' ? 'user' : by);
  const details = { region: record.regions.internal_name, from, to, allowed: next };
  if (edge) {
    return refuse(
      'region/illegal-trigger',
      `region "${name}" turns from ${from} to ${to} only by ${edge.by.join(' or ')}`,
      {
        fix: edge.by.includes('mfo')
          ? 'start its build: the orchestrator sets this state when the time has come'
          : 'let a user decide this',
        details,
      },
    );
  }
  return refuseTransition(record, to, next);
}

function refuseTransition(record: RegionRecord, to: RegionState, next: readonly RegionState[]): Refusal {
  const from = record.all_regions.state;
  return refuse(
    'region/illegal-transition',
    `region "${record.regions.public_name}" is ${from}: it cannot turn to ${to} this way`,
    {
      fix:
        next.length > 0
          ? `from ${from} it can turn to ${next.join(' or ')}`
          : from === 'none'
            ? 'start its build: the orchestrator sets Building'
            : `${from} is left by nobody`,
      details: { region: record.regions.internal_name, from, to, allowed: next },
    },
  );
}

function checkProduction(
  record: RegionRecord,
  { cause, facts }: RegionDataCommandOf<'ChangeRegionState'>,
): Refusal | null {
  const name = record.regions.public_name;
  if (cause.by === 'mfo') {
    if (cause.covers === undefined || !/^\d+$/.test(cause.covers)) {
      return refuse(
        'region/covers-required',
        `the build of "${name}" does not say which revision it covered`,
        {
          fix: 'name the region-data revision that the finished graph was compiled from',
        },
      );
    }
    if (record.touched <= BigInt(cause.covers)) return null;
    return refuse(
      'region/superseded',
      `region "${name}" was changed by revision ${record.touched}, after ${cause.covers}, which the build covered`,
      {
        fix: 'try again when the build has taken in the compilation of that revision',
        details: { touched: String(record.touched), covers: cause.covers },
      },
    );
  }
  const missing = facts?.missingFlocks;
  if (missing?.length === 0) return null;
  return refuse(
    'region/not-bootstrapped',
    missing
      ? `in "${name}" ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''} are not bootstrapped yet`
      : `it is not known whether all services of "${name}" are bootstrapped`,
    {
      fix: missing ? 'wait until the build has brought them up' : 'try again when the orchestrator answers',
      details: { missing: missing ?? [] },
    },
  );
}

export const evolveRegionState: Evolve<'RegionStateChanged'> = {
  RegionStateChanged: (state, { region, to }, revision) => {
    const record = state.regions.get(region);
    if (!record) return state;
    return putRegion(state, region, {
      all_regions: { ...record.all_regions, state: to },
      revision,
      touched: revision,
    });
  },
};
