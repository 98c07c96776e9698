import { setTimeout as sleep } from 'node:timers/promises';
import { refuse, Refused } from '#libs/kernel';
import { type ReadStore } from '#libs/read-store';
import { type RegionalPlace } from '../contract/index.js';

/** One run of a Regional, as it names itself. */
export interface RegionalRun {
  readonly name: string;
  readonly session: string;
}

/** A Regional as Central knows it. */
export interface RegionalRow {
  readonly session: string;
  /** Who may act under this name. */
  readonly actor: string;
  readonly places: readonly RegionalPlace[];
  readonly joinedAt: string;
  /** It has given everything back. */
  readonly left: boolean;
}

const prefix = 'regional/';

/**
 * Which runs of Regionals are alive: a row for each name, renewed by compare-and-set. No clocks are compared: a run is over when its
 * row has not changed for a full term as seen from here, so whoever begins to look, or finds the row missing, gives it a full term.
 */
export class RegionalRegister {
  readonly #seen = new Map<string, { readonly version: bigint; readonly since: number }>();

  constructor(
    private readonly store: ReadStore,
    /** Milliseconds. */
    readonly termMs = 10_000,
  ) {}

  async all(): Promise<readonly (RegionalRow & { readonly name: string; readonly alive: boolean })[]> {
    const found = await this.store.listDocuments(prefix);
    return Promise.all(
      found.map(async ({ key, value }) => {
        const row = value as RegionalRow;
        const name = key.slice(prefix.length);
        return { ...row, name, alive: await this.isAlive({ name, session: row.session }) };
      }),
    );
  }

  /** From now on this run is the one under its name; the leases of any other are over. Refuses `regional/name-taken`. */
  async join(
    { name, session }: RegionalRun,
    places: readonly RegionalPlace[],
    actor: string,
    now: Date,
  ): Promise<void> {
    await this.#write(name, (row) => {
      if (row && row.actor !== actor)
        throw new Refused(
          refuse('regional/name-taken', `${name} is the name of a Regional with another token`, {
            fix: 'give this Regional another name (CIOS_REGIONAL_NAME)',
          }),
        );
      return { session, actor, places, joinedAt: now.toISOString(), left: false };
    });
  }

  /** Refuses `regional/superseded` and `regional/not-joined`; a row that is missing is written anew. */
  async renew(run: RegionalRun, places: readonly RegionalPlace[], actor: string, now: Date): Promise<void> {
    await this.#write(run.name, (row) =>
      row === null
        ? { session: run.session, actor, places, joinedAt: now.toISOString(), left: false }
        : current(run, actor, row),
    );
  }

  async leave(run: RegionalRun, actor: string): Promise<void> {
    await this.#write(run.name, (row) => ({ ...current(run, actor, row), left: true }));
  }

  /** Refuses `regional/superseded` where another run has joined; nothing else is known of a row that is missing. */
  async admit(run: RegionalRun, actor: string): Promise<void> {
    const { row } = await this.#read(run.name);
    if (row) current(run, actor, row);
  }

  /** The row of a run that may act. Refuses `regional/superseded` and `regional/not-joined`. */
  async of(run: RegionalRun, actor: string): Promise<RegionalRow> {
    return current(run, actor, (await this.#read(run.name)).row);
  }

  /** The places of a run that is not over; null of one that is. Of one whose row is missing nothing may be taken for a full term. */
  async placesOf({ name, session }: RegionalRun): Promise<readonly RegionalPlace[] | null> {
    const { row, version } = await this.#read(name);
    const now = performance.now();
    let seen = this.#seen.get(name);
    if (seen?.version !== version) this.#seen.set(name, (seen = { version, since: now }));
    if (row !== null && (row.session !== session || row.left)) return null;
    return now - seen.since < this.termMs ? (row?.places ?? ['*']) : null;
  }

  async isAlive(run: RegionalRun): Promise<boolean> {
    return (await this.placesOf(run)) !== null;
  }

  async #read(name: string): Promise<{ readonly row: RegionalRow | null; readonly version: bigint }> {
    const found = await this.store.getDocument(prefix + name);
    return { row: (found?.value as RegionalRow | undefined) ?? null, version: found?.version ?? -1n };
  }

  async #write(name: string, change: (row: RegionalRow | null) => RegionalRow): Promise<RegionalRow> {
    for (let wait = 1; ; wait *= 2) {
      const { row, version } = await this.#read(name);
      const next = change(row);
      const put = await this.store.putDocument(prefix + name, next, row === null ? null : version);
      if (put !== 'conflict') return next;
      await sleep(Math.min(wait, 50));
    }
  }
}

function current({ name, session }: RegionalRun, actor: string, row: RegionalRow | null): RegionalRow {
  if (row === null || row.left)
    throw new Refused(
      refuse('regional/not-joined', `${name} has not joined`, { fix: 'join first, then lease' }),
    );
  if (row.session !== session || row.actor !== actor)
    throw new Refused(
      refuse('regional/superseded', `another run of ${name} has joined since; this one holds nothing`, {
        fix: 'stop this run, or give it a name of its own (CIOS_REGIONAL_NAME)',
      }),
    );
  return row;
}
