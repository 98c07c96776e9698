import { canonicalJson, type CommandContext, type Json } from '#libs/kernel';
import { type Attributes, type Edit } from '../contract/index.js';

const attribute = 'disaster_recovery';

/** Disaster-recovery information says when it was last updated, and by whom; that is not for the editor to write (RD-08). */
export function stampRecoveryInfo<E extends Edit>(
  edit: E,
  now: Attributes,
  { actor, occurredAt }: CommandContext,
): E {
  const value = edit.set?.[attribute];
  if (!isObject(value)) return edit;
  const former = now[attribute];
  const stamped =
    isObject(former) && canonicalJson(unstamped(former)) === canonicalJson(unstamped(value))
      ? former
      : { ...value, updated_by: actor, updated_at: occurredAt };
  return { ...edit, set: { ...edit.set, [attribute]: stamped } };
}

function unstamped({ updated_by: _by, updated_at: _at, ...info }: Attributes): Attributes {
  return info;
}

function isObject(value: Json | undefined): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
