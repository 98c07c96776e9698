/**
 * Each of the first five may do what those before it may: look; edit region data and publish flocks; change states and run builds;
 * approve plans; everything. A `regional` leases work and reports on it, and may do nothing else.
 */
export const roles = ['viewer', 'editor', 'operator', 'approver', 'admin', 'regional'] as const;
export type Role = (typeof roles)[number];

export function includesRole(held: Role, needed: Role): boolean {
  if (held === 'regional' || needed === 'regional') return held === needed || held === 'admin';
  return roles.indexOf(held) >= roles.indexOf(needed);
}

/** Who stands behind a request. */
export interface Principal {
  /** Opaque; what events carry. */
  readonly actor: string;
  readonly role: Role;
  /** For people to read; never in an event's metadata. */
  readonly name: string;
}
