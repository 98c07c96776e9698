import { type ReadStore } from '../port/read-store.js';

/** A command that a saga calls for and that keeps failing. It is tried again on request, after a restart, and with its state. */
export interface ParkedCommand {
  /** Names it to `requestCommandRetry`. */
  readonly id: string;
  readonly saga: string;
  readonly partition: string;
  /** The due item's stable key. */
  readonly key: string;
  readonly command: unknown;
  readonly error: string;
  /** True where the domain said no, false for a fault. */
  readonly refused: boolean;
  readonly attempts: number;
  /** ISO 8601. */
  readonly parkedAt: string;
  readonly retryAsked: boolean;
}

const prefix = 'parked/saga/';

export function parkedCommandId(saga: string, partition: string, key: string): string {
  return `${prefix}${[saga, partition, key].map(encodeURIComponent).join('/')}`;
}

/** All, or those of one saga. */
export async function parkedCommands(store: ReadStore, saga?: string): Promise<readonly ParkedCommand[]> {
  const under = saga === undefined ? prefix : `${prefix}${encodeURIComponent(saga)}/`;
  return (await store.listDocuments(under)).map(({ value }) => value as ParkedCommand);
}

/** Asks the saga's runner, wherever it runs, to dispatch the command again; false where nothing is parked under `id`. */
export async function requestCommandRetry(store: ReadStore, id: string): Promise<boolean> {
  for (;;) {
    const found = id.startsWith(prefix) ? await store.getDocument(id) : null;
    if (found === null) return false;
    const asked = { ...(found.value as ParkedCommand), retryAsked: true };
    if ((await store.putDocument(id, asked, found.version)) !== 'conflict') return true;
  }
}

export async function putParkedCommand(store: ReadStore, parked: ParkedCommand): Promise<void> {
  for (;;) {
    const found = await store.getDocument(parked.id);
    if ((await store.putDocument(parked.id, parked, found?.version ?? null)) !== 'conflict') return;
  }
}
