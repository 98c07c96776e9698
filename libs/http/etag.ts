import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { refuse, Refused } from '#libs/kernel';
import { headerParameter } from './header-parameter.js';
import { type AuthenticatedRequest } from './request-principal.js';

/** A revision as an entity tag. */
export function etagOf(revision: bigint | string): string {
  return `"${revision}"`;
}

/** The decimal revision that `If-Match` names; undefined without the header or with `*`. */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined =>
    ifMatchOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
  [headerParameter('If-Match', '`ETag` of the last read: refused (412) where the entity has changed since.')],
);

export function ifMatchOf({ headers }: Pick<AuthenticatedRequest, 'headers'>): string | undefined {
  const value = headers['if-match'];
  if (value === undefined || value === '*') return undefined;
  const revision = typeof value === 'string' ? /^(?:W\/)?"(-?\d+)"$/.exec(value)?.[1] : undefined;
  if (revision !== undefined) return revision;
  throw new Refused(
    refuse('request/invalid-header', 'If-Match must be one ETag as a response gave it, in quotes', {
      fix: 'send the ETag of your last read unchanged, or leave the header out',
    }),
  );
}
