import {
  ErrorType,
  isCommandError,
  MaxAppendSizeExceededError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import {
  AppendTooLarge,
  DeadlineExceeded,
  StoreUnavailable,
  WrongExpectedRevision,
  type Expected,
} from '../../port/event-store.js';

/** Errors after which another attempt may reach a server: it went away, another one leads now, or the connection was lost. */
const PASSING: ReadonlySet<string> = new Set([
  ErrorType.UNAVAILABLE,
  ErrorType.NOT_LEADER,
  ErrorType.CANCELLED,
  ErrorType.TIMEOUT,
]);

/** gRPC's codes of the same, for what the client passes on raw: the first append after a loss rejects so. */
const PASSING_CODES: ReadonlySet<unknown> = new Set([1, 10, 14]);

export function mayPass(error: unknown): boolean {
  if (isCommandError(error as Error)) return PASSING.has((error as { type: string }).type);
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  return (
    PASSING_CODES.has(code) ||
    code === 'ERR_STREAM_WRITE_AFTER_END' ||
    code === 'ERR_STREAM_DESTROYED' ||
    /Failed to discover|Channel has been shut down|write after end/.test(message ?? '')
  );
}

/** The port's error for one of the client's. */
export function portError(error: unknown, stream: string, expected: Expected, bytes = 0): unknown {
  if (error instanceof WrongExpectedVersionError) {
    const { actualVersion } = error;
    return new WrongExpectedRevision(
      stream,
      expected,
      typeof actualVersion === 'bigint' ? actualVersion : null,
    );
  }
  if (error instanceof MaxAppendSizeExceededError) return new AppendTooLarge(bytes, error.maxAppendSize);
  const { type, message } = error as { readonly type?: string; readonly message?: string };
  if (type === ErrorType.DEADLINE_EXCEEDED) return new DeadlineExceeded(message);
  if (type === ErrorType.ACCESS_DENIED)
    return new StoreUnavailable(`the event store refuses this credential: ${message ?? ''}`, {
      cause: error,
    });
  if (mayPass(error))
    return new StoreUnavailable(`the event store cannot be reached: ${message ?? ''}`, { cause: error });
  return error;
}
