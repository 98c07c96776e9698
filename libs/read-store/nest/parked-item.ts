import { type ParkedEvent } from '#libs/read-store';
import { type ParkedCommand } from '#libs/read-store/saga-runner';

/** What is parked, for people. */
export interface ParkedItem {
  readonly id: string;
  readonly kind: 'event' | 'command';
  /** The projection with its version, or the saga. */
  readonly of: string;
  /** Of an event its type and position, with the row; of a command the due item's key. */
  readonly what: string;
  readonly error: string;
  /** It was not tried, because an earlier event of the row is parked. */
  readonly behind: boolean;
  /** ISO 8601. */
  readonly parkedAt: string;
  readonly retryAsked: boolean;
}

export function parkedItem(parked: ParkedEvent | ParkedCommand): ParkedItem {
  const { id, error, parkedAt, retryAsked } = parked;
  const common = { id, error, parkedAt, retryAsked };
  if ('saga' in parked) {
    const { saga, partition, key } = parked;
    return { ...common, kind: 'command', of: saga, what: `${partition}: ${key}`, behind: false };
  }
  const { projection, version, event, key, behind } = parked;
  const row = key === null ? '' : `, row ${key}`;
  const what = `${event.type} at ${event.position}${row}`;
  return { ...common, kind: 'event', of: `${projection}@${version}`, what, behind };
}
