import { type Role } from './roles.js';

export type AccessCommand =
  | {
      readonly type: 'IssueToken';
      readonly token: string;
      readonly actor: string;
      readonly name: string;
      readonly role: Role;
      readonly hash: string;
      readonly expiresAt: string | null;
    }
  | { readonly type: 'RevokeToken'; readonly token: string };
