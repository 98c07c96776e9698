import { refuse, type Decider } from '#libs/kernel';
import { type AccessCommand, type AccessEvent, type Role } from '../contract/index.js';

export interface IssuedToken {
  readonly actor: string;
  readonly name: string;
  readonly role: Role;
  readonly hash: string;
  readonly expiresAt: string | null;
  readonly revoked: boolean;
}

/** By token id. */
export type AccessState = ReadonlyMap<string, IssuedToken>;

export const accessDecider: Decider<AccessCommand, AccessState, AccessEvent> = {
  initial: new Map(),
  decide(command, state, context) {
    const { token } = command;
    const known = state.get(token);
    if (command.type === 'IssueToken') {
      const { type: _, ...data } = command;
      if (known)
        return refuse('token/exists', `there is a token "${token}" already`, {
          fix: 'issue one under another id',
        });
      if (data.expiresAt !== null && !(Date.parse(data.expiresAt) > Date.parse(context.occurredAt))) {
        return refuse('token/invalid-expiry', `"${data.expiresAt}" is no time to come`, {
          fix: 'give an ISO 8601 time in the future, or none',
        });
      }
      return [{ type: 'TokenIssued', data }];
    }
    if (!known)
      return refuse('token/unknown', `there is no token "${token}"`, { fix: 'look at the list of tokens' });
    if (known.revoked) return [];
    const otherAdmins = [...state].some(
      ([id, t]) => id !== token && t.role === 'admin' && !t.revoked && t.expiresAt === null,
    );
    if (known.role === 'admin' && !otherAdmins) {
      return refuse('token/last-admin', 'this is the last admin token without an end', {
        fix: 'issue another admin token first',
      });
    }
    return [{ type: 'TokenRevoked', data: { token } }];
  },
  evolve(state, event) {
    switch (event.type) {
      case 'TokenIssued': {
        const { token, ...issued } = event.data;
        return new Map(state).set(token, { ...issued, revoked: false });
      }
      case 'TokenRevoked': {
        const known = state.get(event.data.token);
        return known ? new Map(state).set(event.data.token, { ...known, revoked: true }) : state;
      }
    }
  },
};
