import { setTimeout as sleep } from 'node:timers/promises';
import { type Output } from '../../cli/cli.js';
import { path, type Client } from '../../cli/client.js';
import { progressOf, type BuildRow } from './build-row.js';

const intervalMs = 250;

/** Waits until a build is over; shows how far it is, on a terminal in one line, else a line for every tenth. */
export async function watchBuild(
  client: Client,
  build: string,
  out: Output,
  /** Position of the command that started it. */
  after?: string,
): Promise<BuildRow> {
  const { default: logUpdate } = out.isTerminal && !out.json ? await import('log-update') : { default: null };
  let tenth = -1;
  try {
    for (;;) {
      const row = await client.get<BuildRow>(path`/v1/builds/${build}`, { after });
      const { done, total } = progressOf(row);
      const text = `${build}  ${bar(done, total)}  ${done} of ${total}${failures(row)}`;
      if (logUpdate) logUpdate(text);
      else if (Math.floor((done / Math.max(total, 1)) * 10) !== tenth) {
        tenth = Math.floor((done / Math.max(total, 1)) * 10);
        out.progress(text);
      }
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
  return failed > 0 ? `, ${failed} failed: see cios plan list` : '';
}
