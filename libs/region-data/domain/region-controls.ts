import { canonicalJson, refuse, type Refusal } from '#libs/kernel';
import { type FieldPolicy, type RegionDataCommandOf, type RegionDataEvent } from '../contract/index.js';
import { checkIdentifier } from './attributes.js';
import { putRegion, type Evolve } from './evolving.js';
import { unknown } from './in-use.js';
import { checkIfMatch } from './policies.js';
import { regionNamed, type RegionDataState } from './state.js';

type Command = RegionDataCommandOf<
  'PlaceBuildHold' | 'LiftBuildHold' | 'SetRegionPolicy' | 'AttachValidationChecklist' | 'TickValidationItem'
>;

/** What stands beside a region's data: the build hold, the policy, the validation checklist (ST-11). Nothing of it is injected. */
export function decideRegionControl(
  command: Command,
  state: RegionDataState,
): readonly RegionDataEvent[] | Refusal {
  const record = regionNamed(state, command.region);
  if (!record) return unknown('region', command.region);
  const region = record.regions.internal_name;
  const mismatch = checkIfMatch(command.ifMatch, record.revision, `region "${region}"`);
  if (mismatch) return mismatch;
  switch (command.type) {
    case 'PlaceBuildHold': {
      const { reason } = command;
      return record.hold === reason ? [] : [{ type: 'BuildHoldPlaced', data: { region, reason } }];
    }
    case 'LiftBuildHold':
      return record.hold === null ? [] : [{ type: 'BuildHoldLifted', data: { region } }];
    case 'SetRegionPolicy': {
      const policy = { autoBuild: command.policy.autoBuild };
      if (policy.autoBuild === record.autoBuild) return [];
      return [{ type: 'RegionPolicyChanged', data: { region, policy } }];
    }
    case 'AttachValidationChecklist':
      return attach(command, region, record.checklist);
    case 'TickValidationItem': {
      const { item, passed } = command;
      const known = record.checklist.find((i) => i.id === item);
      if (!known) return unknown('validation-item', item);
      if (record.all_regions.state !== 'Production') {
        return refuse('region/not-in-production', `region "${region}" is not ready for validation`, {
          fix: 'tick items off once it is in Production',
        });
      }
      return known.passed === passed
        ? []
        : [{ type: 'ValidationItemTicked', data: { region, item, passed } }];
    }
  }
}

function attach(
  { items }: RegionDataCommandOf<'AttachValidationChecklist'>,
  region: string,
  known: readonly { readonly id: string; readonly text: string }[],
): readonly RegionDataEvent[] | Refusal {
  const list = items.map(({ id, text }) => ({ id, text }));
  if (canonicalJson(known.map(({ id, text }) => ({ id, text }))) === canonicalJson(list)) return [];
  const seen = new Set<string>();
  for (const { id } of list) {
    const invalid = checkIdentifier('an item', id);
    if (invalid) return invalid;
    if (seen.has(id)) {
      return refuse('validation-item/exists', `two items have the id "${id}"`, {
        fix: 'give each an id of its own',
      });
    }
    seen.add(id);
  }
  return [{ type: 'ValidationChecklistAttached', data: { region, items: list } }];
}

export function decideFieldPolicy(
  { policy }: RegionDataCommandOf<'SetFieldPolicy'>,
  state: RegionDataState,
): readonly RegionDataEvent[] | Refusal {
  const next: FieldPolicy = {
    immutable: policy.immutable,
    required: policy.required,
    ...(policy.types && { types: policy.types }),
  };
  if (canonicalJson(next) === canonicalJson(state.fieldPolicy)) return [];
  return [{ type: 'FieldPolicyChanged', data: { policy: next } }];
}

export const evolveRegionControl: Evolve<
  | 'BuildHoldPlaced'
  | 'BuildHoldLifted'
  | 'RegionPolicyChanged'
  | 'FieldPolicyChanged'
  | 'ValidationChecklistAttached'
  | 'ValidationItemTicked'
> = {
  BuildHoldPlaced: (state, { region, reason }, revision) =>
    putRegion(state, region, { hold: reason, revision }),
  BuildHoldLifted: (state, { region }, revision) => putRegion(state, region, { hold: null, revision }),
  RegionPolicyChanged: (state, { region, policy }, revision) =>
    putRegion(state, region, { autoBuild: policy.autoBuild, revision }),
  FieldPolicyChanged: (state, { policy }) => ({ ...state, fieldPolicy: policy }),
  ValidationChecklistAttached: (state, { region, items }, revision) =>
    putRegion(state, region, { checklist: items.map((item) => ({ ...item, passed: null })), revision }),
  ValidationItemTicked: (state, { region, item, passed }, revision) =>
    putRegion(state, region, {
      checklist: (state.regions.get(region)?.checklist ?? []).map((i) =>
        i.id === item ? { ...i, passed } : i,
      ),
      revision,
    }),
};
