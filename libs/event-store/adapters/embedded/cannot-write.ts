import { StoreUnavailable } from '../../port/event-store.js';

/** What the store says where it stored nothing of what it was given. */
export function cannotWrite(cause: unknown): StoreUnavailable {
  return new StoreUnavailable(
    `the event store cannot write (${reasonOf(cause)}); nothing was stored. ` +
      'It goes on when there is room on the disk',
    { cause },
  );
}

export function reasonOf(error: unknown): string {
  // What lmdb says of a damaged page that it cannot make sense of.
  if (error instanceof TypeError) return 'what it holds makes no sense';
  const reason = error instanceof Error ? error.message : String(error);
  // The last is what lmdb says of a write that was cut short.
  return /ENOSPC|EDQUOT|EFBIG|Input\/output error/.test(reason) ? `${reason}: is the disk full?` : reason;
}
