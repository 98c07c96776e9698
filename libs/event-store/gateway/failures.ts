import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import {
  AppendTooLarge,
  DeadlineExceeded,
  StoreUnavailable,
  WrongExpectedRevision,
  type Expected,
} from '../port/event-store.js';

/** The stream was tombstoned, so that it can neither be read nor written for ever; or deleted where it was expected to exist. */
export class StreamTombstoned extends Error {
  override readonly name = 'StreamTombstoned';
  constructor(readonly stream: string) {
    super(`Event stream '${stream}' is deleted.`);
  }
}

export class AccessRefused extends Error {
  override readonly name = 'AccessRefused';
}

export class NotAuthenticated extends Error {
  override readonly name = 'NotAuthenticated';
}

/** What an expectation is as a number in the protocol's trailers. */
const NUMBERED = { any: -2n, absent: -1n, exists: -4n } as const;

/** The error of a call as EventStoreDB tells it: a status, and trailers with `exception` and what belongs to it. */
export function serviceError(error: unknown, stream = ''): ServiceError {
  let message = error instanceof Error ? error.message : String(error);
  const known = (code: status, exception?: string, more: Record<string, string> = {}) => {
    const metadata = new Metadata();
    if (exception !== undefined) metadata.set('exception', exception);
    for (const [key, value] of Object.entries(more)) metadata.set(key, inAscii(value));
    return Object.assign(new Error(message), { code, details: message, metadata });
  };
  if (error instanceof StreamTombstoned)
    return known(status.FAILED_PRECONDITION, 'stream-deleted', { 'stream-name': error.stream });
  if (error instanceof AccessRefused) return known(status.PERMISSION_DENIED, 'access-denied');
  if (error instanceof NotAuthenticated) return known(status.UNAUTHENTICATED, 'not-authenticated');
  if (error instanceof AppendTooLarge) {
    return known(status.INVALID_ARGUMENT, 'maximum-append-size-exceeded', {
      'maximum-append-size': String(error.limit),
    });
  }
  if (error instanceof WrongExpectedRevision) {
    const [expected, actual] = [String(numbered(error.expected)), String(error.actual ?? NUMBERED.absent)];
    // In these words, because there are clients that read them.
    message = `WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`;
    return known(status.FAILED_PRECONDITION, 'wrong-expected-version', {
      'stream-name': stream,
      'expected-version': expected,
      'actual-version': actual,
    });
  }
  if (error instanceof DeadlineExceeded) return known(status.DEADLINE_EXCEEDED);
  if (error instanceof StoreUnavailable) return known(status.UNAVAILABLE);
  if (error instanceof TypeError) return known(status.INVALID_ARGUMENT);
  return known(status.UNKNOWN);
}

/** Trailers hold nothing else. */
function inAscii(text: string): string {
  return text.replaceAll(/[^ -~]+/g, encodeURIComponent);
}

function numbered(expected: Expected): bigint {
  return typeof expected === 'bigint' ? expected : NUMBERED[expected];
}
