import { type Principal, type Role } from './roles.js';

/** A token as lists show it: without its hash. */
export interface TokenSummary {
  readonly token: string;
  readonly actor: string;
  readonly name: string;
  readonly role: Role;
  readonly issuedAt: string;
  readonly expiresAt: string | null;
  readonly revoked: boolean;
}

/** Who may do what. Port; implemented by access. */
export abstract class AccessDirectory {
  /** Null where the bearer token is unknown, revoked or past its end. */
  abstract authenticate(bearer: string): Promise<Principal | null>;
  /** The person or process behind an actor id, also after its tokens were revoked. */
  abstract resolve(actor: string): Promise<{ readonly name: string } | null>;
  abstract tokens(): Promise<readonly TokenSummary[]>;
}
