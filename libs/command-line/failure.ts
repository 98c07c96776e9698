import { type Refusal } from '#libs/kernel';

/** How a command tells what went wrong: with `--json` exactly this object. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What a person is told about anything that was thrown; never a stack. */
export function failureOf(error: unknown): Failure {
  if (!isError(error)) return fault(String(error));
  const { refusal } = error as { readonly refusal?: Refusal };
  if (refusal) {
    const { code, message, fix, details } = refusal;
    return { code, message, ...(fix !== undefined && { fix }), ...(details && { details }) };
  }
  const known = byName[error.name]?.(error);
  if (known) return known;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== undefined && path !== undefined) return fileFailure(code, path);
  return fault(error.message);
}

/** Also of another realm: a test's, a worker's. */
function isError(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error && 'name' in error;
}

/** Errors of libraries that load on demand are known by their names, so that telling them costs no import. */
const byName: Readonly<Record<string, (error: Error) => Failure>> = {
  UnknownRegion: (error) => ({
    code: 'region/unknown',
    message: error.message,
    fix: `name one that is there: ${firstOf((error as Error & { readonly known: readonly string[] }).known)}`,
  }),
  StoreUnavailable: (error) => ({
    code: 'store/unavailable',
    message: error.message,
    fix: 'name the folder of an installation with --data DIR',
  }),
  DeadlineExceeded: (error) => ({ code: 'store/deadline', message: error.message, fix: 'try again' }),
  RecordCorrupted: (error) => ({
    code: 'store/corrupted',
    message: error.message,
    fix: 'see all that was altered with: cios audit verify',
  }),
  BlobCorrupted: (error) => ({
    code: 'store/corrupted',
    message: error.message,
    fix: 'see all that was altered with: cios audit verify',
  }),
};

function fileFailure(code: string, path: string): Failure {
  switch (code) {
    case 'ENOENT':
      return { code: 'cli/no-such-file', message: `there is no ${path}`, fix: 'check the path' };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return {
        code: 'cli/not-allowed',
        message: `${path} may not be used (${code})`,
        fix: 'check its permissions',
      };
    case 'EISDIR':
      return { code: 'cli/not-a-file', message: `${path} is a folder`, fix: 'name a file in it' };
    case 'ENOTDIR':
      return { code: 'cli/not-a-folder', message: `${path} is no folder`, fix: 'name a folder' };
    default:
      return {
        code: 'cli/file',
        message: `${path} cannot be used (${code})`,
        fix: 'check the path and the disk',
      };
  }
}

function fault(message: string): Failure {
  return {
    code: 'cli/fault',
    message,
    fix: 'this is a fault of cios itself; CIOS_TRACE=1 shows where it happened',
  };
}

function firstOf(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(', ')}, …` : names.join(', ');
}
