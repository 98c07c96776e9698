import { refuse, type Refusal } from '#libs/kernel';

/** Refuses to delete what others refer to, with the list of them (RD-10). */
export function refuseInUse(
  kind: 'realm' | 'region' | 'vibe' | 'availability-domain',
  name: string,
  dependants: readonly string[],
): Refusal | null {
  if (dependants.length === 0) return null;
  const shown = dependants.slice(0, 5).join(', ');
  const more = dependants.length > 5 ? ` and ${dependants.length - 5} more` : '';
  return refuse(`${kind}/in-use`, `${kind} "${name}" is referred to by ${shown}${more}`, {
    fix: 'remove these first, or let them refer to another one',
    details: { dependants },
  });
}

export function unknown(kind: string, name: string): Refusal {
  return refuse(`${kind}/unknown` as Refusal['code'], `there is no ${kind} "${name}"`, {
    fix: 'look at the list of those that exist, or add it first',
  });
}

export function exists(kind: string, name: string): Refusal {
  return refuse(`${kind}/exists` as Refusal['code'], `there is a ${kind} "${name}" already`, {
    fix: 'edit that one, or choose another name',
  });
}
