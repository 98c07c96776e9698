import {
  MongoClientClosedError,
  MongoError,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerClosedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from 'mongodb';
import { StoreUnavailable } from '#libs/event-store';

const lost = [
  MongoServerSelectionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoTopologyClosedError,
  MongoServerClosedError,
  MongoClientClosedError,
  MongoExpiredSessionError,
  MongoWriteConcernError,
];

/** What a server answers that cannot do it now, and may later: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const passing: ReadonlySet<unknown> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  79, // UnknownReplWriteConcern
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict, again and again
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  251, // NoSuchTransaction
  262, // ExceededTimeLimit
  290, // TransactionExceededLifetimeLimitSeconds
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);

const passingLabels = [
  'TransientTransactionError',
  'UnknownTransactionCommitResult',
  'RetryableWriteError',
  'SystemOverloadedError',
];

/** Of the driver's pool; its class is not exported. */
const waitedInVain = 'MongoWaitQueueTimeoutError';

const duplicateKey = 11_000;
const unauthorized = 13;
const authenticationFailed = 18;

/** Somebody else inserted the same id meanwhile. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === duplicateKey;
}

/** The port's error for one of the driver's; `where` names hosts and database. */
export function portError(error: unknown, where: string): unknown {
  if (!(error instanceof MongoError)) return error;
  const { code, message } = error;
  if (code === authenticationFailed || code === unauthorized)
    return new StoreUnavailable(
      `the read store at ${where} refuses this login: ${message}; name a user who may read and write that database, and the one who knows the user with authSource=`,
      { cause: error },
    );
  // The driver asks for 4.4, and so do transactions that create the collections that they write to.
  if (/maximum wire version/.test(message))
    return new StoreUnavailable(
      `the MongoDB at ${where} is too old: ${message}; upgrade it to 4.4 or later`,
      { cause: error },
    );
  if (
    lost.some((kind) => error instanceof kind) ||
    error.name === waitedInVain ||
    passing.has(code) ||
    passingLabels.some((label) => error.hasErrorLabel(label))
  )
    return new StoreUnavailable(`the read store at ${where} cannot be reached: ${message}`, { cause: error });
  return error;
}
