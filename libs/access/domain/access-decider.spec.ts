import { describe, it } from '@jest/globals';
import { specification } from '#libs/kernel/testing';
import { type AccessEvent } from '../contract/index.js';
import { accessDecider } from './index.js';

const spec = specification(accessDecider);
const data = { token: 't1', actor: 'ada', name: 'Ada', role: 'admin', hash: 'h', expiresAt: null } as const;
const issued: AccessEvent = { type: 'TokenIssued', data };

describe('tokens', () => {
  it('are issued once', () => {
    spec
      .given()
      .when({ type: 'IssueToken', ...data })
      .then(issued);
    spec
      .given(issued)
      .when({ type: 'IssueToken', ...data })
      .refused('token/exists');
  });
  it('end in the future, if at all', () => {
    spec
      .given()
      .when({ type: 'IssueToken', ...data, expiresAt: '2020-01-01T00:00:00Z' })
      .refused('token/invalid-expiry');
    spec
      .given()
      .when({ type: 'IssueToken', ...data, expiresAt: 'soon' })
      .refused('token/invalid-expiry');
  });
  it('are revoked once, never the last admin', () => {
    const other: AccessEvent = { type: 'TokenIssued', data: { ...data, token: 't2' } };
    spec.given(issued).when({ type: 'RevokeToken', token: 't1' }).refused('token/last-admin');
    spec
      .given(issued, other)
      .when({ type: 'RevokeToken', token: 't1' })
      .then({ type: 'TokenRevoked', data: { token: 't1' } });
    spec
      .given(issued, other, { type: 'TokenRevoked', data: { token: 't1' } })
      .when({ type: 'RevokeToken', token: 't1' })
      .thenNothing();
    spec.given().when({ type: 'RevokeToken', token: 't1' }).refused('token/unknown');
  });
});
