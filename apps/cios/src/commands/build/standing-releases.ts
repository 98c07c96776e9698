import { type Client } from '../../cli/client.js';

export interface RejectedRelease {
  readonly release: string;
  readonly flock: string;
  readonly reason: string | null;
}

/** Releases of a build that somebody rejected: nothing of them is carried out any more. */
export async function rejectedReleases(client: Client, build: string): Promise<readonly RejectedRelease[]> {
  const rows = await client.all<RejectedRelease>('/v1/releases', { build, status: 'rejected' });
  return rows.map(({ release, flock, reason }) => ({ release, flock, reason }));
}

/** In a few words, which releases of an open build do not move until a person acts; empty where all do. */
export async function standingReleases(client: Client, build: string): Promise<string> {
  const planned = await client.all('/v1/releases', { build, status: 'planned' });
  const rejected = await rejectedReleases(client, build);
  return [
    told(planned.length, 'for approval', 'waits', 'wait'),
    told(rejected.length, 'rejected', 'is', 'are'),
  ].join('');
}

function told(count: number, what: string, one: string, more: string): string {
  if (count === 0) return '';
  return `, ${count} ${count === 1 ? `release ${one}` : `releases ${more}`} ${what}`;
}
