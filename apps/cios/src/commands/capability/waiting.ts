import { online, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

interface Waiting {
  readonly name: string;
  readonly environment: string;
  readonly nodes?: readonly string[];
  readonly waiting?: readonly string[];
}

export const capabilityWaiting: Register = (parent, cli) => {
  online(parent, 'waiting <region>', 'what is awaited in a region, and by whom')
    .option('--name <name>', 'who waits for this capability')
    .action(
      cli.run<{ name?: string }>(async ({ args: [region = ''], options: { name }, out, connect }) => {
        const answer = await (
          await connect()
        ).get<{ readonly items?: readonly Waiting[] }>(path`/v1/regions/${region}/capabilities/waiting`, {
          name,
        });
        out.result(answer);
        const rows = answer.items ?? [];
        await out.table(
          ['capability', 'environment', 'awaited by'],
          rows.map((row) => {
            const nodes = row.nodes ?? row.waiting ?? [];
            return [
              row.name,
              row.environment,
              nodes.length > 3
                ? `${nodes.slice(0, 3).join(', ')} and ${nodes.length - 3} more`
                : nodes.join(', '),
            ];
          }),
        );
        if (rows.length === 0) out.line('nothing is awaited');
        out.next(`cios capability list ${region}`);
        return 0;
      }),
    );
};
