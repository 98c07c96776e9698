import { change, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

interface Options {
  readonly environment: string;
  readonly reason: string;
}

export const capabilityWithdraw: Register = (parent, cli) => {
  change(parent, 'withdraw <region> <name>', 'withdraws a capability: what has not begun waits for it again')
    .option('--environment <environment>', 'vibe or target', 'target')
    .option('--reason <text>', 'why', 'withdrawn by hand')
    .action(
      cli.run<Options>(async ({ args: [region = '', name = ''], options, out, connect, change: bears }) => {
        const { environment, reason } = options;
        const answer = await (
          await connect()
        ).post(path`/v1/regions/${region}/capabilities/withdraw`, { name, environment, reason }, bears);
        out.result(answer);
        out.line(`${name} is withdrawn in ${region} (${environment})`);
        out.next(`cios capability waiting ${region}`);
        return 0;
      }),
    );
};
