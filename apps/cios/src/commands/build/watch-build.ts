import { setTimeout as sleep } from 'node:timers/promises';
import { type Output } from '../../cli/cli.js';
import { path, type Client } from '../../cli/client.js';
import { progressOf, type BuildRow } from './build-row.js';
import { standingReleases } from './standing-releases.js';

const intervalMs = 250;
/** Looks at progress for one at releases that stand still. */
const looks = 8;

/**
 * Waits until a build is over; shows how far it is and what waits for a person, on a terminal in one line, else a line for every tenth
 * and for everything new that waits.
 */
export async function watchBuild(
  client: Client,
  build: string,
  out: Output,
  /** Position of the command that started it. */
  after?: string,
): Promise<BuildRow> {
  const { default: logUpdate } = out.isTerminal && !out.json ? await import('log-update') : { default: null };
  let tenth = -1;
  let stands = '';
  let shown = '';
  try {
    for (let look = 0; ; look += 1) {
      const row = await client.get<BuildRow>(path`/v1/builds/${build}`, { after });
      const { done, total } = progressOf(row);
      if (row.status === 'open' && look % looks === 0) stands = await standingReleases(client, build);
      const waits = `${failures(row)}${stands}`;
      const hint = waits === '' ? '' : `: see cios build show ${build}`;
      const text = `${build}  ${bar(done, total)}  ${done} of ${total}${waits}${hint}`;
      const now = Math.floor((done / Math.max(total, 1)) * 10);
      if (logUpdate) logUpdate(text);
      else if (now !== tenth || (waits !== shown && waits !== '')) out.progress(text);
      tenth = now;
      shown = waits;
      if (row.status === 'completed' || row.status === 'cancelled') return row;
      await sleep(intervalMs);
    }
  } finally {
    logUpdate?.done();
  }
}

export function bar(done: number, total: number, width = 24): string {
  const full = total === 0 ? 0 : Math.round((done / total) * width);
  return `${'━'.repeat(full)}${'·'.repeat(width - full)}`;
}

function failures({ counts }: BuildRow): string {
  const failed = counts?.failed ?? 0;
  return failed > 0 ? `, ${failed} failed` : '';
}
