import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { digestOf, refuse, Refused, type CommandContext } from '#libs/kernel';
import { headerParameter } from './header-parameter.js';
import { principalOf, type AuthenticatedRequest } from './request-principal.js';
import { mustBeWellFormed } from './well-formed.js';

/**
 * The context of the command that a request is: its id from the actor and `Idempotency-Key` (a fresh one without), the ticket from
 * `X-Change-Ticket` or the body's `ticket`, the correlation from `X-Correlation-Id`. The digest covers method, address and body,
 * so that a key cannot be reused for anything else.
 */
export const Command = createParamDecorator(
  (_: unknown, context: ExecutionContext): CommandContext =>
    commandContextOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
  [
    headerParameter(
      'Idempotency-Key',
      'The same request under the same key is carried out once and answered as the first time; another one under it is refused (422).',
    ),
    headerParameter(
      'X-Change-Ticket',
      'Change ticket that covers the change; comes before `ticket` in the body.',
    ),
    headerParameter(
      'X-Correlation-Id',
      'What the change belongs to; stands in the metadata of all that follows from it.',
    ),
  ],
);

export function commandContextOf(request: AuthenticatedRequest): CommandContext {
  mustBeWellFormed(request.body);
  const { actor } = principalOf(request);
  const key = header(request, 'idempotency-key');
  const commandId = `${actor}/${key ?? randomUUID()}`;
  const ticket = header(request, 'x-change-ticket') ?? ticketIn(request.body);
  return {
    commandId,
    actor,
    occurredAt: new Date().toISOString(),
    correlationId: header(request, 'x-correlation-id') ?? commandId,
    ...(ticket !== undefined && { ticket }),
    bodyDigest: digestOf({ method: request.method, url: request.url, body: jsonIn(request.body) }),
  };
}

const limit = 200;

function header(request: AuthenticatedRequest, name: string): string | undefined {
  const value = request.headers[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= limit && /^[\x20-\x7e]+$/.test(value)) return value;
  throw new Refused(
    refuse(
      'request/invalid-header',
      `the header ${name} must be one line of at most ${limit} printable characters`,
      {
        fix: `send ${name} once, shorter`,
      },
    ),
  );
}

function ticketIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { ticket } = body as { readonly ticket?: unknown };
  return typeof ticket === 'string' && ticket !== '' ? ticket : undefined;
}

/** Bytes that are still to be read are not JSON: whoever reads them covers them by their own digest. */
function jsonIn(body: unknown): unknown {
  return body === undefined || body instanceof Readable ? null : body;
}
