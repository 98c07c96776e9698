import { online, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';
import { type BuildRow } from './build-row.js';

export const buildList: Register = (parent, cli) => {
  online(parent, 'list [region]', 'lists builds, of one region or of all').action(
    cli.run(async ({ args: [region], out, connect }) => {
      const route = region === undefined ? '/v1/builds' : path`/v1/regions/${region}/builds`;
      const rows = await (await connect()).all<BuildRow>(route);
      out.result({ builds: rows });
      await out.table(
        ['build', 'kind', 'status', 'releases', 'operations', 'started', 'completed'],
        rows.map((r) => [r.build, r.kind, r.status, r.releases, r.operations, r.startedAt, r.completedAt]),
      );
      if (rows.length === 0) out.line('no builds');
      out.next(
        rows[0]
          ? `cios build show ${rows[0].build}`
          : `cios build start ${region ?? 'REGION'} --ticket TICKET`,
      );
      return 0;
    }),
  );
};
