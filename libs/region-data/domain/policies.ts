import { refuse, type CommandContext, type Refusal } from '#libs/kernel';
import { type FieldPolicy, type RegionDataCommand } from '../contract/index.js';
import { type RegionDataState } from './state.js';

/** Commands that do not edit region data itself: a hold must be possible at once, and the policy is what asks for tickets. */
const withoutTicket: ReadonlySet<RegionDataCommand['type']> = new Set([
  'PlaceBuildHold',
  'LiftBuildHold',
  'SetRegionPolicy',
  'SetFieldPolicy',
  'AttachValidationChecklist',
  'TickValidationItem',
]);

/**
 * By default every change that a person makes bears a change ticket. MFO and alarms have none, and the import that fills an
 * empty installation cannot have one yet.
 */
export function checkTicket(
  command: RegionDataCommand,
  state: RegionDataState,
  context: CommandContext,
): Refusal | null {
  if (!state.fieldPolicy.required.includes('ticket') || context.ticket !== undefined) return null;
  if (withoutTicket.has(command.type)) return null;
  if (command.type === 'ChangeRegionState' && command.cause.by !== 'user') return null;
  if ((command.type === 'ImportRegionData' || command.type === 'CommitStagedImport') && state.revision < 0n)
    return null;
  return refuse('region-data/ticket-required', `${command.type} needs a change ticket`, {
    fix: 'name it (`--ticket CHG-1`, the header X-Change-Ticket, or `ticket` in the body), or take `ticket` out of the field policy',
  });
}

export function checkImmutable(attributes: Iterable<string>, policy: FieldPolicy): Refusal | null {
  for (const attribute of attributes) {
    if (attribute !== 'internal_name' && !policy.immutable.includes(attribute)) continue;
    return refuse('region-data/immutable-field', `"${attribute}" cannot be changed once a region was added`, {
      fix:
        attribute === 'internal_name'
          ? 'add a region under the other name'
          : 'leave it as it is, or have an admin change the field policy',
      details: { attribute },
    });
  }
  return null;
}

/** `has` tells whether the region has the attribute, or `notes`. */
export function checkRequired(policy: FieldPolicy, has: (attribute: string) => boolean): Refusal | null {
  const missing = policy.required.filter((attribute) => attribute !== 'ticket' && !has(attribute));
  if (missing.length === 0) return null;
  return refuse(
    'region-data/field-required',
    `the field policy requires ${missing.map((m) => `"${m}"`).join(', ')}`,
    {
      fix: 'give each of them a value, or have an admin change the field policy',
      details: { missing },
    },
  );
}

/** Compares what a caller's If-Match said with the revision that last touched the entity. */
export function checkIfMatch(ifMatch: string | undefined, revision: bigint, what: string): Refusal | null {
  if (ifMatch === undefined || ifMatch === String(revision)) return null;
  return refuse(
    'region-data/revision-mismatch',
    `${what} was last changed by revision ${revision}, not ${ifMatch}`,
    {
      fix: 'read it again, see whether the change is still wanted, and send it with the current ETag',
      details: { revision: String(revision), expected: ifMatch },
    },
  );
}
