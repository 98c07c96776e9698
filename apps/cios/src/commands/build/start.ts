import { change, type Register } from '../../cli/cli.js';
import { path, type Answer } from '../../cli/client.js';
import { watchBuild } from './watch-build.js';

interface Options {
  readonly reason?: string;
  readonly wait?: boolean;
}

export const buildStart: Register = (parent, cli) => {
  change(parent, 'start <region>', 'starts a build of a region: what differs from its data is carried out')
    .option('--reason <text>', 'why')
    .option('--wait', 'until it is over; the exit status tells how it ended')
    .action(
      cli.run<Options>(async ({ args: [region = ''], options, out, connect, change: bears }) => {
        const client = await connect();
        const { reason = 'started by hand' } = options;
        const answer = await client.post<Answer & { readonly build: string }>(
          path`/v1/regions/${region}/builds`,
          { reason },
          bears,
        );
        if (options.wait !== true) {
          out.result(answer);
          out.line(`build ${answer.build} has started`);
          out.next(`cios build watch ${answer.build}`);
          return 0;
        }
        const row = await watchBuild(client, answer.build, out, answer.position);
        out.result({ ...answer, ...row });
        out.line(`build ${answer.build} is ${row.status}`);
        out.next(`cios region show ${region}`, `cios capability list ${region}`);
        return row.status === 'completed' ? 0 : 1;
      }),
    );
};
