import { type Client, path } from '../../cli/client.js';

/** A release whose plan waits until a person with the role approver approves it. */
export interface WaitingRelease {
  readonly release: string;
  readonly flock: string;
  readonly target: string;
  readonly environment: string;
  /** Of the flock. */
  readonly owners: readonly string[];
}

/** Releases that wait for approval, with the owners of their flocks; of one build, or of all. */
export async function waitingReleases(client: Client, build?: string): Promise<readonly WaitingRelease[]> {
  const rows = await client.all<Omit<WaitingRelease, 'owners'>>('/v1/releases', { build, status: 'planned' });
  const owners = new Map<string, readonly string[]>();
  for (const flock of new Set(rows.map((row) => row.flock)))
    owners.set(
      flock,
      (await client.get<{ readonly owners?: readonly string[] }>(path`/v1/flocks/${flock}`)).owners ?? [],
    );
  return rows.map(({ release, flock, target, environment }) => ({
    release,
    flock,
    target,
    environment,
    owners: owners.get(flock) ?? [],
  }));
}
