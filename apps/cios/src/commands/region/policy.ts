import { change, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

export const regionPolicy: Register = (parent, cli) => {
  change(parent, 'policy <region>', 'says whether changes build a region by themselves')
    .option('--auto-build', 'a compiled change opens a build by itself')
    .option('--no-auto-build', 'a change waits until somebody starts a build')
    .action(
      cli.run<{ autoBuild?: boolean }>(
        async ({ args: [region = ''], options: { autoBuild = true }, out, connect, change: bears }) => {
          const answer = await (
            await connect()
          ).put(path`/v1/regions/${region}/policy`, { autoBuild }, bears);
          out.result(answer);
          out.line(
            `changes of ${region} ${autoBuild ? 'build it by themselves' : 'wait until a build is started'}`,
          );
          out.next(`cios region show ${region}`);
          return 0;
        },
      ),
    );
};
