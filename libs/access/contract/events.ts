import { type DomainEvent } from '#libs/kernel';
import { type Role } from './roles.js';

/** The stream `access`. A token itself is never stored, only the SHA-256 of it. */
export type AccessEvent =
  | DomainEvent<
      'TokenIssued',
      {
        readonly token: string;
        readonly actor: string;
        readonly name: string;
        readonly role: Role;
        readonly hash: string;
        /** ISO 8601; null: it holds until it is revoked. */
        readonly expiresAt: string | null;
      }
    >
  | DomainEvent<'TokenRevoked', { readonly token: string }>;

export const accessStream = 'access';

export const eventTypes = ['TokenIssued', 'TokenRevoked'] as const satisfies readonly AccessEvent['type'][];
