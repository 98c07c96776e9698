import { change, jsonOrText, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

interface Options {
  readonly environment: string;
  readonly outputs?: string;
}

export const capabilityPublish: Register = (parent, cli) => {
  change(parent, 'publish <region> <name>', 'publishes a capability by hand: whoever waits for it goes on')
    .option('--environment <environment>', 'vibe or target', 'target')
    .option('--outputs <json>', 'what it gives to who reads it')
    .action(
      cli.run<Options>(async ({ args: [region = '', name = ''], options, out, connect, change: bears }) => {
        const { environment, outputs } = options;
        const body = { name, environment, ...(outputs !== undefined && { outputs: jsonOrText(outputs) }) };
        const answer = await (await connect()).post(path`/v1/regions/${region}/capabilities`, body, bears);
        out.result(answer);
        out.line(`${name} is published in ${region} (${environment})`);
        out.next(`cios capability list ${region}`);
        return 0;
      }),
    );
};
