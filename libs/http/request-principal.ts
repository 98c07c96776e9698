import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { type Principal, type Role } from '#libs/access/contract';
import { refuse, Refused } from '#libs/kernel';

export const requiredRole = 'cios:required-role';
export const publicRoute = 'cios:public-route';

/** The least role that a route, or all routes of a controller, may be called with; without it `viewer`. */
export const Requires = (role: Role) => SetMetadata(requiredRole, role);

/** A route of GET that needs no token: health, the OpenAPI document, the console's files. */
export const Public = () => SetMetadata(publicRoute, true);

/** A request as the guard leaves it. */
export interface AuthenticatedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: unknown;
  principal?: Principal;
}

export function principalOf(request: AuthenticatedRequest): Principal {
  if (request.principal) return request.principal;
  throw new Refused(
    refuse('access/unauthenticated', 'the request bears no token', {
      fix: 'send `Authorization: Bearer <token>`',
    }),
  );
}

/** Who calls: a `Principal`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);
