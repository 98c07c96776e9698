import { online, type Output, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';
import { type WaitingRelease, waitingReleases } from './waiting.js';

interface ReleaseRow {
  readonly release: string;
  readonly flock: string;
  readonly target: string;
  readonly environment: string;
  readonly round: number;
  readonly status: string;
  readonly add?: number;
  readonly change?: number;
  readonly destroy?: number;
}

export const planList: Register = (parent, cli) => {
  online(parent, 'list', 'releases and their plans')
    .option('--region <region>', 'of the last build of this region')
    .option('--build <build>', 'of this build')
    .option('--waiting', 'only those that wait for approval, and for whose')
    .action(
      cli.run<{ region?: string; build?: string; waiting?: boolean }>(async ({ options, out, connect }) => {
        const client = await connect();
        let { build } = options;
        if (build === undefined && options.region !== undefined) {
          const builds = await client.all<{ readonly build: string; readonly startedAt: string }>(
            path`/v1/regions/${options.region}/builds`,
          );
          build = [...builds].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0]?.build;
          if (build === undefined) {
            out.result({ releases: [] });
            out.line(`${options.region} was never built`);
            out.next(`cios build start ${options.region} --ticket TICKET`);
            return 0;
          }
        }
        if (options.waiting === true) return printWaiting(out, await waitingReleases(client, build));
        const rows = await client.all<ReleaseRow>('/v1/releases', { build });
        out.result({ releases: rows });
        await out.table(
          ['release', 'flock', 'target', 'environment', 'round', 'status', 'add', 'change', 'destroy'],
          rows.map((r) => [
            r.release,
            r.flock,
            r.target,
            r.environment,
            r.round,
            r.status,
            r.add,
            r.change,
            r.destroy,
          ]),
        );
        if (rows.length === 0) out.line('no releases');
        out.next(rows[0] ? `cios plan show ${rows[0].release}` : 'cios build list');
        return 0;
      }),
    );
};

async function printWaiting(out: Output, rows: readonly WaitingRelease[]): Promise<number> {
  out.result({ releases: rows });
  await out.table(
    ['release', 'flock', 'target', 'environment', 'owners'],
    rows.map((r) => [r.release, r.flock, r.target, r.environment, r.owners.join(', ')]),
  );
  if (rows.length === 0) out.line('no release waits for approval');
  out.next(
    ...(rows[0]
      ? [`cios plan show ${rows[0].release}`, `cios plan approve ${rows[0].release}`]
      : ['cios plan list']),
  );
  return 0;
}
