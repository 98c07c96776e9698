import { change, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

export const planRetry: Register = (parent, cli) => {
  change(parent, 'retry <release> <node>', 'tries a failed operation again').action(
    cli.run(async ({ args: [release = '', node = ''], out, connect, change: bears }) => {
      const answer = await (await connect()).post(path`/v1/releases/${release}/nodes/retry`, { node }, bears);
      out.result(answer);
      out.line(`${node} is tried again`);
      out.next(`cios plan show ${release}`);
      return 0;
    }),
  );
};
