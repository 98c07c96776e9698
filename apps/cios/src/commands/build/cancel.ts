import { change, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

export const buildCancel: Register = (parent, cli) => {
  change(parent, 'cancel <build>', 'recalls what has not started; what has is let finish')
    .option('--reason <text>', 'why', 'cancelled by hand')
    .action(
      cli.run<{ reason: string }>(
        async ({ args: [build = ''], options: { reason }, out, connect, change: bears }) => {
          const answer = await (await connect()).post(path`/v1/builds/${build}/cancel`, { reason }, bears);
          out.result(answer);
          out.line(`build ${build} is cancelled; its region keeps its state`);
          out.next(`cios build show ${build}`);
          return 0;
        },
      ),
    );
};
