import { online, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';
import { progressOf, type BuildRow } from './build-row.js';

export const buildList: Register = (parent, cli) => {
  online(parent, 'list [region]', 'lists builds, of one region or of all').action(
    cli.run(async ({ args: [region], out, connect }) => {
      const route = region === undefined ? '/v1/builds' : path`/v1/regions/${region}/builds`;
      const rows = await (await connect()).all<BuildRow>(route);
      out.result({ builds: rows });
      await out.table(
        ['build', 'kind', 'status', 'done', 'started', 'completed'],
        rows.map((row) => {
          const { done, total } = progressOf(row);
          const counted = row.counts ? `${done} of ${total}` : null;
          return [row.build, row.kind, row.status, counted, row.startedAt, row.completedAt];
        }),
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
