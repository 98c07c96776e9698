/** Each may do what those before it may: look; edit region data and publish flocks; change states and run builds; approve plans; everything. */
export const roles = ['viewer', 'editor', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof roles)[number];

export function includesRole(held: Role, needed: Role): boolean {
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
