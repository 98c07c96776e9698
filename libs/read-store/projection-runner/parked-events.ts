import { type RecordedEvent } from '#libs/kernel';
import { type ReadStore } from '../port/read-store.js';

/**
 * An event that a live projection could not apply to a row. Later events of that row wait behind it (`behind`), so that a
 * retry applies all of them in order; rows without parked events go on.
 */
export interface ParkedEvent {
  /** Names it to `requestRetry`. */
  readonly id: string;
  readonly projection: string;
  readonly version: number;
  /** The row; null where the projection could not even tell the rows. */
  readonly key: string | null;
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly stream: string;
    /** Decimal. */
    readonly revision: string;
    readonly position: string;
  };
  readonly error: string;
  readonly behind: boolean;
  /** ISO 8601. */
  readonly parkedAt: string;
  readonly retryAsked: boolean;
}

const prefix = 'parked/projection/';

export function parkedEvent(
  projection: { readonly name: string; readonly version: number },
  event: RecordedEvent,
  key: string | null,
  error: string,
  behind: boolean,
): ParkedEvent {
  const { name, version } = projection;
  const { id, type, stream, revision, position } = event;
  return {
    id: `${prefix}${name}@${version}/${position.toString().padStart(20, '0')}/${key ?? ''}`,
    projection: name,
    version,
    key,
    event: { id, type, stream, revision: revision.toString(), position: position.toString() },
    error,
    behind,
    parkedAt: new Date().toISOString(),
    retryAsked: false,
  };
}

/** In log order within each projection. */
export async function parkedEvents(store: ReadStore): Promise<readonly ParkedEvent[]> {
  return (await store.listDocuments(prefix)).map(({ value }) => value as ParkedEvent);
}

/** Asks the runner, wherever it runs, to apply the event and those parked behind it; false where nothing is parked under `id`. */
export async function requestRetry(store: ReadStore, id: string): Promise<boolean> {
  for (;;) {
    const found = id.startsWith(prefix) ? await store.getDocument(id) : null;
    if (found === null) return false;
    const asked = { ...(found.value as ParkedEvent), retryAsked: true };
    if ((await store.putDocument(id, asked, found.version)) !== 'conflict') return true;
  }
}

/** The last word wins: only the owner of the projection writes these, and a request for a retry that is lost is repeated. */
export async function putParked(store: ReadStore, parked: ParkedEvent): Promise<void> {
  for (;;) {
    const found = await store.getDocument(parked.id);
    if ((await store.putDocument(parked.id, parked, found?.version ?? null)) !== 'conflict') return;
  }
}
