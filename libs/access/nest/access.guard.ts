import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessDirectory, includesRole, type Principal, type Role } from '#libs/access/contract';
import { publicRoute, requiredRole, type AuthenticatedRequest } from '#libs/http';
import { refuse, Refused } from '#libs/kernel';

/** Lets a request in by its bearer token, and only as far as the token's role reaches. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly directory: AccessDirectory,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(publicRoute, places)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const principal = request.principal ?? (await callerOf(request, this.directory));
    const needed = this.reflector.getAllAndOverride<Role | undefined>(requiredRole, places) ?? 'viewer';
    if (!includesRole(principal.role, needed)) {
      throw new Refused(
        refuse('access/forbidden', `this needs the role ${needed}; the token has ${principal.role}`, {
          fix: `ask an admin for a token with the role ${needed}`,
          details: { needed, role: principal.role },
        }),
      );
    }
    request.principal = principal;
    return true;
  }
}

/** Who calls, by the bearer token; throws `Refused` where it admits nobody. */
export async function callerOf(
  { headers }: Pick<AuthenticatedRequest, 'headers'>,
  directory: AccessDirectory,
): Promise<Principal> {
  const bearer = bearerOf(headers['authorization']);
  const principal = bearer === undefined ? null : await directory.authenticate(bearer);
  if (!principal) throw new Refused(unauthenticated(bearer !== undefined));
  return principal;
}

function bearerOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? /^Bearer +(\S+)$/i.exec(header)?.[1] : undefined;
}

function unauthenticated(sent: boolean) {
  return refuse(
    'access/unauthenticated',
    sent ? 'the token is unknown, revoked or past its end' : 'the request bears no token',
    {
      fix: 'send `Authorization: Bearer <token>` with a token of this installation',
    },
  );
}
