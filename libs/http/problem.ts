import { randomUUID } from 'node:crypto';
import { HttpException } from '@nestjs/common';
import { DeadlineExceeded, StoreUnavailable } from '#libs/event-store';
import { Refused, type Refusal } from '#libs/kernel';
import { statusOf } from './status-of.js';

/** RFC 9457, with our stable `code` and how to mend it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly fix: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Of a fault: by which the log knows it. */
  readonly instance?: string;
}

/** What a client is told about anything that was thrown; of a fault nothing but an id. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return fromRefusal(error.refusal);
  if (error instanceof DeadlineExceeded || error instanceof StoreUnavailable) {
    return problem(503, 'store/unavailable', error.message, 'try again, under the same Idempotency-Key');
  }
  if (error instanceof HttpException) return fromHttp(error.getStatus(), error.message);
  const status = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return fromHttp(status, (error as Error).message);
  const instance = `urn:uuid:${randomUUID()}`;
  return {
    ...problem(
      500,
      'fault/internal',
      'something is broken; nothing is known about the outcome',
      'try again under the same Idempotency-Key; if it stays, look for the instance in the log',
    ),
    instance,
  };
}

function fromRefusal({ code, message, fix, details }: Refusal): Problem {
  return {
    ...problem(statusOf(code), code, message, fix ?? 'change the request so that this no longer holds'),
    ...(details && { details }),
  };
}

const byStatus: Readonly<Record<number, readonly [code: string, fix: string]>> = {
  400: ['request/malformed', 'send what the OpenAPI document describes'],
  401: ['access/unauthenticated', 'send `Authorization: Bearer <token>`'],
  403: ['access/forbidden', 'ask an admin for a token with a higher role'],
  404: ['request/no-such-route', 'look at the OpenAPI document for the routes'],
  405: ['request/no-such-method', 'look at the OpenAPI document for the methods'],
  413: ['request/body-too-large', 'send less at once'],
  415: ['request/unsupported-media-type', 'send `Content-Type: application/json`'],
};

function fromHttp(status: number, message: string): Problem {
  const [code, fix] = byStatus[status] ?? ['request/failed', 'look at the OpenAPI document'];
  return problem(status, code, message, fix);
}

function problem(status: number, code: string, detail: string, fix: string): Problem {
  const [where = '', what = ''] = code.split('/');
  const title = `${where.replaceAll('-', ' ')}: ${what.replaceAll('-', ' ')}`;
  return { type: `urn:cios:problem:${code.replace('/', ':')}`, title, status, detail, code, fix };
}
